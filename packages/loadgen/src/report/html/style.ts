/** The look of a report: light or dark as the reader has it, on a phone as well as on a desk. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14171a);
  --card: light-dark(#fff, #1d2125);
  --text: light-dark(#1b1f24, #e8eaed);
  --soft: light-dark(#5d6670, #a2abb5);
  --rule: light-dark(#e3e6ea, #31373d);
  --s1: light-dark(#2a78d6, #5b9ff0);
  --s2: light-dark(#12875c, #35b587);
  --s3: light-dark(#b85c00, #ee9a4d);
  --good: light-dark(#12703f, #4cc38a);
  --bad: light-dark(#b3261e, #ff8a80);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 20px 16px 48px; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 8px 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 0 0 4px; }
p { margin: 0 0 8px; }
.soft { color: var(--soft); font-size: .9rem; }
.outcome { font-weight: 600; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.tiles { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); margin: 16px 0; }
.tile, .card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 12px 14px; }
.tile b { display: block; font-size: 1.2rem; white-space: nowrap; font-weight: 600; line-height: 1.3; }
.charts { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
.card { min-width: 0; margin-bottom: 12px; }
.charts { margin-bottom: 12px; }
.charts .card { margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px 4px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th { font-weight: 500; color: var(--soft); }
th:first-child, td:first-child { text-align: left; }
tr:last-child td { border-bottom: 0; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
svg .x { text-anchor: middle; }
svg .y { text-anchor: end; }
.rule { stroke: var(--rule); }
.axis { stroke: var(--soft); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.line.s1 { stroke: var(--s1); } .line.s2 { stroke: var(--s2); } .line.s3 { stroke: var(--s3); }
.bar { fill: var(--s1); }
.hover { fill: var(--text); opacity: 0; }
.hover:hover { opacity: .08; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: .85rem; color: var(--soft); margin: 0 0 4px; }
.legend i { display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: middle; }
i.s1 { background: var(--s1); } i.s2 { background: var(--s2); } i.s3 { background: var(--s3); }
`;
