/// How the report looks: eight colours that differ for colour-blind readers too, in a light and a dark version.
enum ReportStyle {
    static let css = """
        :root { --page: #f9f9f7; --surface: #fcfcfb; --ink: #0b0b0b; --soft: #52514e; --grid: #e1e0d9;
          --axis: #a09f98; --roof: #77756e;
          --c0: #2a78d6; --c1: #eb6834; --c2: #1baf7a; --c3: #c98500; --c4: #d5518f; --c5: #008300; --c6: #4a3aa7;
          --c7: #e34948; }
        @media (prefers-color-scheme: dark) { :root { --page: #0d0d0d; --surface: #1a1a19; --ink: #ffffff;
          --soft: #c3c2b7; --grid: #2c2c2a; --axis: #6f6e69; --roof: #98968f;
          --c0: #3987e5; --c1: #e8743b; --c2: #199e70; --c3: #d9a514; --c4: #e0699f; --c5: #43a843; --c6: #9085e9;
          --c7: #e66767; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 20px 16px 60px; }
        h1 { font-size: 26px; line-height: 1.25; margin: 8px 0 4px; }
        h2 { font-size: 19px; margin: 0 0 4px; }
        header p, section > p, small { color: var(--soft); }
        section > p { margin: 0 0 12px; max-width: 75ch; }
        section { background: var(--surface); border: 1px solid var(--grid); border-radius: 10px; padding: 18px;
          margin-top: 20px; }
        .tiles { display: flex; flex-wrap: wrap; gap: 10px; list-style: none; padding: 0; margin: 14px 0 0; }
        .tiles li { background: var(--surface); border: 1px solid var(--grid); border-radius: 10px;
          padding: 10px 14px; color: var(--soft); }
        .tiles span { display: block; font-size: 13px; }
        .tiles b { font-size: 24px; color: var(--ink); font-weight: 600; }
        .wide { overflow-x: auto; }
        svg { width: 100%; height: auto; display: block; }
        .symbol { width: 14px; height: 14px; flex: none; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; padding: 0; margin: 0 0 8px;
          font-size: 13px; color: var(--soft); }
        .legend li { display: flex; align-items: center; gap: 6px; }
        .grid { stroke: var(--grid); stroke-width: 1; }
        .axis { stroke: var(--axis); stroke-width: 1; }
        .roof { stroke: var(--roof); stroke-width: 1.5; fill: none; }
        .peer { stroke: var(--soft); stroke-width: 2; stroke-dasharray: 5 4; fill: none; }
        .line { fill: none; stroke-width: 2; }
        .dashed { stroke-width: 1.5; stroke-dasharray: 4 4; }
        .tick { fill: var(--soft); font-size: 12px; }
        .label { fill: var(--soft); font-size: 12px; }
        .rooflabel { fill: var(--ink); font-size: 12.5px; paint-order: stroke; stroke: var(--surface);
          stroke-width: 3px; }
        .mark { stroke: var(--surface); stroke-width: 1.2; }
        .plain { fill: var(--soft); }
        \((0..<Series.colours).map { ".mark.c\($0) { fill: var(--c\($0)); } .line.c\($0) { stroke: var(--c\($0)); } i.c\($0) { background: var(--c\($0)); }" }.joined(separator: "\n"))
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 22px; }
        figure { margin: 0; min-width: 0; }
        figcaption { font-weight: 600; margin-bottom: 2px; }
        .bars { list-style: none; padding: 0; margin: 0; }
        .bars li { display: grid; grid-template-columns: minmax(220px, 3fr) 5fr minmax(150px, 2fr); gap: 12px;
          align-items: center; padding: 3px 0; font-size: 13px; }
        .bar { position: relative; height: 14px; background: var(--grid); border-radius: 3px; }
        .bar i { position: absolute; left: 0; top: 0; bottom: 0; border-radius: 3px; max-width: 100%; }
        .bar em { position: absolute; top: -3px; bottom: -3px; width: 2px; margin-left: -1px; background: var(--ink); }
        .value { font-variant-numeric: tabular-nums; white-space: nowrap; }
        table { border-collapse: collapse; font-size: 13px; width: 100%; margin-top: 10px; }
        th { text-align: left; color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--axis); }
        th, td { padding: 4px 10px 4px 0; white-space: nowrap; }
        td { border-bottom: 1px solid var(--grid); }
        .n { text-align: right; font-variant-numeric: tabular-nums; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; font-size: 14px; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        @media (max-width: 640px) {
          .bars li { grid-template-columns: 1fr auto; gap: 2px 10px; padding: 6px 0; }
          .bars .bar { grid-column: 1 / -1; grid-row: 2; }
          dl { grid-template-columns: 1fr; gap: 0; }
          dd { margin-bottom: 8px; }
          section { padding: 14px; }
        }
        """
}
