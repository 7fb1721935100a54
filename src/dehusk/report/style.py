"""How the pages look: one style for all, light and dark, wide and narrow, on paper too."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --dim: #5b6576; --line: #d9dee7; --paper: #fff; --card: #f5f7fa;
  --grain: #1f7a4d; --husk: #a8552a; --bar: #3b76c4; --gone: #b3261e; --add: #e2f4e8; --cut: #fbe6e3; --mark: #f6d88a;
  --wide: 72rem; font: 16px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ef; --dim: #a0a9b8; --line: #353d4a; --paper: #14181f;
  --card: #1d232d; --grain: #62c794; --husk: #e39a6d; --bar: #6ba2ea; --gone: #ff8a80; --add: #173526; --cut: #41211e;
  --mark: #6b5410; } }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); }
header, main, footer { max-width: var(--wide); margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 0 0 .8rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; overflow-wrap: anywhere; }
p { margin: .3rem 0 .8rem; }
a { color: var(--bar); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; z-index: 3; }
.dim { color: var(--dim); }
nav.top { position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--line); z-index: 2; }
nav.top ul { max-width: var(--wide); margin: 0 auto; padding: .5rem 1.25rem; display: flex; gap: .2rem 1.1rem;
  list-style: none; overflow-x: auto; white-space: nowrap; }
section { padding: 1.6rem 0 .6rem; scroll-margin-top: 2.6rem; }
section + section { border-top: 1px solid var(--line); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; margin: 1.2rem 0; }
.card { background: var(--card); border-radius: .6rem; padding: .8rem 1rem; }
.card b { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 0 2.5rem; }
.pair > * { min-width: 0; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; }
th, td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
th { color: var(--dim); font-weight: 600; font-size: .88rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.number, td.number { padding-left: .6rem; padding-right: 0; }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: 1rem; }
td b { white-space: nowrap; }
table.counts .number { width: 1%; }
td.bars { width: 30%; padding-left: .8rem; padding-right: 0; vertical-align: middle; }
td.bars svg { height: .7rem; margin: 0; }
svg { display: block; width: 100%; height: auto; margin: 0 0 1rem; overflow: visible; }
svg text { fill: var(--ink); font-size: 12px; font-family: inherit; } svg text.dim { fill: var(--dim); }
svg .end { text-anchor: end; } svg .mid { text-anchor: middle; }
svg .bar { fill: var(--bar); } svg .axis { stroke: var(--line); stroke-width: 1; }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: .5rem; }
summary { padding: .5rem .8rem; cursor: pointer; overflow-wrap: anywhere; }
details[open] > summary { border-bottom: 1px solid var(--line); }
details > div { padding: .6rem .8rem; }
.chip { font-size: .78rem; border-radius: 1rem; padding: .05rem .5rem; background: var(--card); color: var(--husk);
  border: 1px solid var(--line); white-space: nowrap; }
.gone { color: var(--gone); }
.blocks p { margin: .35rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.blocks .kept { border-left: 3px solid var(--grain); padding-left: .7rem; }
.blocks .cut { color: var(--dim); border-left: 3px dotted var(--husk); padding-left: .7rem; font-size: .92rem; }
.blocks .heading { font-weight: 700; } .blocks .item::before { content: "\\2022\\00a0"; color: var(--dim); }
.blocks .code { font-family: ui-monospace, monospace; font-size: .86rem; }
.border { margin: 1.4rem 0 .6rem; padding: .5rem .8rem; background: var(--card); border-radius: .5rem; }
.border.end { margin: .6rem 0 1.4rem; padding: .1rem .8rem; font-size: .85rem; }
.sides { display: flow-root; } .sides .kept { margin-right: 41%; }
.sides .cut { float: right; clear: right; width: 38%; }
.sides h3 { margin: 0 0 .4rem; }
.leaf { display: none; scroll-margin-top: 3rem; padding-top: .3rem; } .leaf:target { display: block; }
main:not(:has(.leaf:target)) .leaf.first { display: block; }
.turn { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; justify-content: space-between; margin: .2rem 0 1rem; }
.turn .next { order: 3; } .turn .previous { order: 1; } .turn a { order: 2; }
.turn a { padding: .35rem .8rem; border: 1px solid var(--line); border-radius: .5rem; text-decoration: none; }
.list { max-height: 22rem; overflow: auto; } .list table { margin: 0; }
.twins { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: .1rem .9rem; }
.twins p { margin: 0; padding: .1rem .4rem; white-space: pre-wrap; overflow-wrap: anywhere; border-radius: .2rem; }
.twins .left { grid-column: 1; } .twins .right { grid-column: 2; }
.twins .del { background: var(--cut); } .twins .add { background: var(--add); }
.twins mark { background: var(--mark); color: inherit; } .twins .skip-row { grid-column: 1 / -1; color: var(--dim); }
footer { padding-top: 1rem; padding-bottom: 3rem; color: var(--dim); border-top: 1px solid var(--line); }
@media (max-width: 44rem) { header { padding-top: 1.2rem; } h1 { font-size: 1.35rem; }
  .sides .kept { margin-right: 0; }
  .sides .cut { float: none; width: auto; } .sides h3 { display: none; } .twins { font-size: .88rem; gap: .1rem .3rem; }
  th, td { padding-right: .4rem; } }
@media print { nav.top, .turn { display: none; } }
"""
