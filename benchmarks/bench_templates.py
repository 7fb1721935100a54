"""What repeats across a site: what is won on made sites, what is lost on hard ones, and what it costs.

    bench_templates.py GOLD [--out results/templates.json] [--plot results/templates.png] [--sites N] [--limit N]

GOLD is a folder laid out as WCXB is. Sites are made of its pages (`site_set.py`), seeded: the chrome of one page around
the main content of 3, 10, 30, 100 others, and of two or three pages around 30; also with parts of it missing on some
pages, or with a part that all templates share; as HTML and as text, a file a page and as one dump. All of them are
cleaned by one directory run with templates and one without; a page's precision, recall and F1 are those of bags of
words. In a bag a word of husk passes for one of the text that is missing; so what went of the lines that stand in the
gold text, in its order, is given besides. Further: sites of one and of three templates into which laws, refrains and
the like were planted, the folder of GOLD's unrelated pages, CPU time, and memory for a million pages of one site.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from random import Random

import numpy as np
from site_set import PLANTS, Gold, SitePage, Supply, cover_blocks, flatten, read_gold, read_words

from dehusk.model import Options
from dehusk.pipeline import Plan, run_directory
from dehusk.records import read_records
from dehusk.templates import Learner, Prints
from dehusk.templates.prints import ROW

SIZES = {
    "3 pages": (3, {}),
    "10 pages": (10, {}),
    "30 pages": (30, {}),
    "100 pages": (100, {}),
    "30 pages, 2 templates": (30, {"templates": 2}),
    "30 pages, 3 templates": (30, {"templates": 3}),
    "30 pages, parts missing": (30, {"ragged": True}),
    "30 pages, 3 templates, a part shared": (30, {"templates": 3, "shared": True}),
}
FORMS = ("html", "text", "dump")
PLANTED = {"": (20, 1), ", 3 templates": (30, 3)}
"""Pages and templates."""
COST_PAGES = 300
COVERED = 0.5  # of a line's words must the gold text have, for it to be content


def make_sites(
    supply: Supply, rng: Random, count: int, *, only: int = 0
) -> Iterator[tuple[str, list[SitePage]]]:
    sizes = SIZES if not only else {f"{only} pages": (only, {})}
    for name, (pages, how) in sizes.items():
        if pages + 3 > len(supply.contents):
            continue
        for _ in range(max(2, count // 2) if pages == 100 else count):
            yield name, supply.make_site(rng, pages, **how)
    for name, plant in PLANTS.items() if not only else ():
        for more, (pages, templates) in PLANTED.items():
            for _ in range(max(2, count // 3)):
                yield name + more, supply.make_site(rng, pages, templates=templates, plant=plant)


class Layout:
    """The sites as files: a folder for each, and its flattened pages in another, and as a dump."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.gold: dict[str, tuple[str, str, list[SitePage]]] = {}
        """Source -> name and form of its site, and the pages that are in it."""

    def add(self, number: int, name: str, site: list[SitePage]) -> None:
        texts = [flatten(page.html) for page in site]
        for form, contents in (("html", [page.html for page in site]), ("text", texts)):
            folder = f"{form}/{number:03}"
            (self.root / folder).mkdir(parents=True)
            for i, (content, page) in enumerate(zip(contents, site)):
                source = f"{folder}/{i:03}.{'html' if form == 'html' else 'txt'}"
                (self.root / source).write_text(content, encoding="utf-8", errors="replace")
                self.gold[source] = (name, form, [page])
        (self.root / f"dump/{number:03}").mkdir(parents=True)
        source = f"dump/{number:03}/dump.txt"
        (self.root / source).write_text("\n\n".join(texts), encoding="utf-8", errors="replace")
        self.gold[source] = (name, "dump", site)


def clean(folder: Path, *, templates: bool) -> dict[str, str]:
    """Source -> what was kept of it."""
    with tempfile.TemporaryDirectory() as out:
        run_directory(Plan((str(folder),), options=Options(dedup=False, templates=templates)), Path(out))
        kept: defaultdict[str, list[str]] = defaultdict(list)
        for article in read_records(Path(out)):
            kept[article.source].append(article.text)
    return {source: "\n".join(texts) for source, texts in kept.items()}


def measure_cost(folder: Path, rounds: int) -> dict:
    """CPU seconds of a folder run, workers and all, without and with templates in turn."""
    seconds: dict[bool, list[float]] = {False: [], True: []}
    for number in range(rounds):
        for has in (False, True) if number % 2 == 0 else (True, False):
            with tempfile.TemporaryDirectory() as out:
                before = _cpu_seconds()
                run_directory(Plan((str(folder),), options=Options(keep="longest", templates=has)), Path(out))
                seconds[has].append(_cpu_seconds() - before)
    least = [min(seconds[has]) for has in (False, True)]
    return _round(
        {"files": sum(1 for _ in folder.iterdir()), "cpu_seconds": least, "ratio": least[1] / least[0]}
    )


def _cpu_seconds() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def score(kept: str, gold: str) -> np.ndarray:
    found, wanted = Counter(read_words(kept)), Counter(read_words(gold))
    both = (found & wanted).total()
    precision, recall = both / max(1, found.total()), both / max(1, wanted.total())
    return np.array([precision, recall, 2 * precision * recall / max(1e-9, precision + recall)])


def score_made(supply: Supply, rng: Random, root: Path, *, count: int, only: int) -> dict[str, dict]:
    layout = Layout(root)
    for number, (name, site) in enumerate(make_sites(supply, rng, count, only=only)):
        layout.add(number, name, site)
    without, with_ = (clean(root, templates=has) for has in (False, True))
    return compare(layout, without, with_)


def compare(layout: Layout, without: dict[str, str], with_: dict[str, str]) -> dict[str, dict]:
    rows: defaultdict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
    lost: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    content: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for source, (name, form, pages) in layout.gold.items():
        gold = "\n".join(page.text for page in pages)
        texts = [kept.get(source, "") for kept in (without, with_)]
        rows[name, form].append(np.concatenate([score(text, gold) for text in texts]))
        for i, chars in enumerate(count_content(*texts, gold)):
            content[name, form][i] += chars
        before, after = (Counter(tuple(read_words(line)) for line in text.split("\n")) for text in texts)
        for planted in {text for page in pages for text in page.planted}:
            words = tuple(read_words(planted))
            lost[name, form][0] += len(planted) * max(0, before[words] - after[words])
            lost[name, form][1] += len(planted) * before[words]
    table: dict[str, dict] = {}
    for (name, form), values in rows.items():
        p0, r0, f0, p1, r1, f1 = np.mean(values, axis=0).tolist()
        cell = {"inputs": len(values), "precision": [p0, p1], "recall": [r0, r1], "f1": [f0, f1]}
        cell["error_of_precision_gone"] = (p1 - p0) / max(1e-9, 1 - p0)
        cell["content_lost_share"] = content[name, form][0] / max(1, content[name, form][1])
        if lost[name, form][1]:
            cell["planted_characters"] = lost[name, form][1]
            cell["planted_lost_share"] = lost[name, form][0] / lost[name, form][1]
        table.setdefault(name, {})[form] = _round(cell)
    return table


def count_content(before: str, after: str, gold: str) -> tuple[int, int]:
    """Characters of the lines that stand in the gold text: of those that went, and of all."""
    lines = before.split("\n")
    left = Counter(after.split("\n"))
    gone = all_chars = 0
    for line, share in zip(lines, cover_blocks(lines, gold)):
        left[line] -= 1
        if share >= COVERED:
            all_chars += len(line)
            gone += len(line) * (left[line] < 0)
    return gone, all_chars


def _round(value):
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, list):
        return [_round(one) for one in value]
    return {key: _round(one) for key, one in value.items()} if isinstance(value, dict) else value


def score_unrelated(golds: list[Gold], root: Path) -> dict:
    """All pages in one folder: what stands on several of them is a coincidence."""
    for gold in golds:
        (root / f"{gold.key}.html").write_bytes(gold.html)
    kept = {has: clean(root, templates=has) for has in (False, True)}
    f1 = [
        float(np.mean([score(kept[has].get(f"{gold.key}.html", ""), gold.text)[2] for gold in golds]))
        for has in (False, True)
    ]
    changed = sum(kept[True].get(source) != text for source, text in kept[False].items())
    return _round({"pages": len(golds), "f1": f1, "pages_changed": changed})


def measure_costs(golds: list[Gold], supply: Supply, rng: Random, *, rounds: int) -> dict:
    """Of unrelated pages, of which none changes, and of a site of which nearly all do."""
    pages = {
        "unrelated": [gold.html for gold in golds[:COST_PAGES]],
        "one site": [
            page.html.encode("utf-8", "replace")
            for page in supply.make_site(rng, min(COST_PAGES, len(supply.contents) - 1))
        ],
    }
    found = {}
    for name, contents in pages.items():
        with tempfile.TemporaryDirectory() as root:
            for number, content in enumerate(contents):
                Path(root, f"{number:04}.html").write_bytes(content)
            found[name] = measure_cost(Path(root), rounds)
    return found


def simulate(pages: int) -> dict:
    """Pages of one site, each of 100 blocks: 60 of them its template's, 40 its own; and 3 that a tenth of all have."""
    rng = np.random.default_rng(1)
    template = rng.integers(1, 2**63, 60, dtype=np.uint64)
    sections = rng.integers(1, 2**63, (10, 3), dtype=np.uint64)
    learner = Learner()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, most = time.process_time(), 0
    for number in range(pages):
        rows = np.zeros(103, ROW)
        rows["hash"] = np.concatenate(
            [template, rng.integers(1, 2**63, 40, dtype=np.uint64), sections[number % 10]]
        )
        learner.add(Prints(7, rows.tobytes()))
        if number % 10_000 == 0:
            most = max(most, learner.entries)
    table = learner.finish()
    counts = sorted(table.counts.tolist(), reverse=True)
    return {
        "pages": pages,
        "entries_most": most,
        "megabytes_more": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1),
        "microseconds_a_page": round((time.process_time() - started) / pages * 1e6, 1),
        "entries_in_the_file": len(table.keys),
        "count_of_the_template_least": counts[59],
        "count_of_a_section_least": counts[89],
    }


def plot(table: dict, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    names = [name for name in table if "pages" in name]
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4), sharey=True)
    for axis, form in zip(axes, ("html", "text")):
        for k, label in enumerate(("each page alone", "with its site")):
            values = [table[name][form]["precision"][k] for name in names]
            axis.barh([i + 0.4 * k for i in range(len(names))], values, 0.4, label=label)
        axis.set(
            yticks=[i + 0.2 for i in range(len(names))],
            yticklabels=names,
            xlim=(0.5, 1),
            title=f"{form}: precision",
        )
    axes[0].legend(loc="lower left")
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("gold", type=Path)
    args.add_argument("--sites", type=int, default=12, help="of each size, 0 for none (%(default)s)")
    args.add_argument("--pages", type=int, default=0, help="make sites of N pages only, and plant nothing")
    args.add_argument("--seed", type=int, default=2026)
    args.add_argument("--limit", type=int, default=0, help="use N of the gold pages")
    args.add_argument("--rounds", type=int, default=3, help="of the CPU time, 0 for none (%(default)s)")
    args.add_argument(
        "--million", type=int, default=1_000_000, help="pages of the simulated site, 0 for none"
    )
    args.add_argument("--out", type=Path)
    args.add_argument("--plot", type=Path)
    wanted = args.parse_args()
    golds = read_gold(wanted.gold)
    rng = Random(wanted.seed)
    some = rng.sample(golds, min(wanted.limit or len(golds), len(golds)))
    result: dict = {"machine": "2 cores, shared", "dehusk": version("dehusk"), "numpy": version("numpy")}
    result |= {
        "python": sys.version.split()[0],
        "gold": wanted.gold.name,
        "seed": wanted.seed,
        "sites": wanted.sites,
    }
    if wanted.million:
        result["simulated"] = simulate(wanted.million)
    supply = Supply(some) if wanted.sites or wanted.rounds else None
    if supply and wanted.sites:
        with tempfile.TemporaryDirectory() as root:
            result["made"] = score_made(supply, rng, Path(root), count=wanted.sites, only=wanted.pages)
    if supply and wanted.rounds:
        result["cost"] = measure_costs(golds, supply, rng, rounds=wanted.rounds)
        with tempfile.TemporaryDirectory() as root:
            result["unrelated"] = score_unrelated(golds, Path(root))
    print(json.dumps(result, indent=1))
    if wanted.out:
        wanted.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if wanted.plot and wanted.sites:
        plot(result["made"], wanted.plot)


if __name__ == "__main__":
    main()
