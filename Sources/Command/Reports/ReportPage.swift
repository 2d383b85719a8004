/// A report as one HTML page that needs nothing else: styles and drawings are in it, and it has no script.
package enum ReportPage {
    package static func html(_ document: ReportDocument) -> String {
        let title = HTML.escape(document.title)
        var body = ["<h1>\(title)</h1>"]
        body += document.warnings.map { "<p class=\"warning\" role=\"alert\">\(HTML.escape($0))</p>" }
        if !document.facts.isEmpty {
            body.append("<dl>")
            body += document.facts.map { "<dt>\(HTML.escape($0.label))</dt><dd>\(HTML.escape($0.value))</dd>" }
            body.append("</dl>")
        }
        body += document.sections.flatMap(section)
        return """
            <!doctype html>
            <html lang="\(document.language.tag)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(title)</title>
            <style>
            \(style)
            </style>
            </head>
            <body>
            <main>
            \(body.joined(separator: "\n"))
            </main>
            </body>
            </html>

            """
    }

    private static func section(_ section: ReportDocument.Section) -> [String] {
        var parts = ["<section>", "<h2>\(HTML.escape(section.heading))</h2>"]
        if let table = section.table {
            parts += [
                // Wide tables scroll by themselves; the page does not.
                "<div class=\"scroll\" tabindex=\"0\"><table>",
                "<thead><tr>" + table.header.map { "<th scope=\"col\">\(HTML.escape($0))</th>" }.joined()
                    + "</tr></thead>",
                "<tbody>",
            ]
            parts += table.rows.map { row in
                "<tr>"
                    + row.enumerated().map { column, cell in
                        let text = HTML.escape(cell)
                        return column == 0 ? "<th scope=\"row\">\(text)</th>" : "<td>\(text)</td>"
                    }.joined() + "</tr>"
            }
            parts.append("</tbody></table></div>")
        }
        parts += section.remarks.map { "<p class=\"remark\">\(HTML.escape($0))</p>" }
        if !section.plots.isEmpty {
            parts.append("<div class=\"plots\">")
            parts += section.plots.map(figure)
            parts.append("</div>")
        }
        return parts + ["</section>"]
    }

    private static func figure(_ plot: Plot) -> String {
        let legend = plot.series.enumerated().map {
            "<li class=\"c\($0 % PlotDrawing.colours)\">\(HTML.escape($1.name))</li>"
        }
        return """
            <figure><figcaption>\(HTML.escape(plot.title)) <span>\(HTML.escape(plot.yLabel))</span></figcaption>
            \(PlotDrawing.svg(plot))
            <ul class="legend">\(legend.joined())</ul></figure>
            """
    }

    private static let style = """
        :root { color-scheme: light dark; --back: #fbfaf8; --card: #fff; --text: #1f1d1a; --soft: #6a655d;
          --line: #e3dfd8; --bad: #9c2a17; --bad-back: #fdecea;
          --c0: #b3541e; --c1: #1d6fa5; --c2: #3d7a3a; --c3: #8a4fa3; --c4: #8c6d00; --c5: #b0306a; }
        @media (prefers-color-scheme: dark) { :root { --back: #181715; --card: #211f1d; --text: #ece8e1;
          --soft: #a8a198; --line: #38342f; --bad: #ffb4a6; --bad-back: #3d1f1a;
          --c0: #f0914f; --c1: #6db7ea; --c2: #84c780; --c3: #cb9be2; --c4: #d8b640; --c5: #f08bb5; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text); line-height: 1.5;
          font-family: system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
        main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 48px; }
        h1 { font-size: 1.5rem; margin: 0 0 12px; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 28px 0 10px; overflow-wrap: anywhere; }
        .warning { background: var(--bad-back); color: var(--bad); padding: 8px 12px; border-radius: 8px; }
        .remark { color: var(--soft); margin: 8px 0; font-size: .9rem; }
        dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; margin: 0;
          font-size: .9rem; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
        th, td { padding: 6px 12px; text-align: right; white-space: nowrap; }
        th:first-child { text-align: left; font-weight: 500; position: sticky; left: 0; background: var(--card); }
        thead th { color: var(--soft); font-weight: 500; }
        tbody tr { border-top: 1px solid var(--line); }
        .plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 16px;
          margin-top: 12px; }
        figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
          padding: 10px 12px; }
        figcaption { font-size: .9rem; font-weight: 500; }
        figcaption span { color: var(--soft); font-weight: 400; }
        svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--soft); font-size: 12px; }
        .grid { stroke: var(--line); }
        .line path { fill: none; stroke: var(--series); stroke-width: 2; stroke-linejoin: round; }
        .line circle, .dots circle { fill: var(--series); }
        .dots circle { opacity: .6; }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 0; margin: 0;
          font-size: .85rem; }
        .legend li { overflow-wrap: anywhere; }
        .legend li::before { content: ""; display: inline-block; width: 10px; height: 10px; border-radius: 2px;
          background: var(--series); margin-right: 6px; }
        @media (max-width: 560px) {
          svg text { font-size: 15px; }
          th, td { padding: 6px 9px; }
          th:first-child { white-space: normal; min-width: 6.5rem; }
        }
        .c0 { --series: var(--c0); } .c1 { --series: var(--c1); } .c2 { --series: var(--c2); }
        .c3 { --series: var(--c3); } .c4 { --series: var(--c4); } .c5 { --series: var(--c5); }
        """
}
