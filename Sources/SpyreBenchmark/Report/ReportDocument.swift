/// A page of HTML that needs nothing else, and the parts that pages are made of.
package struct ReportDocument {
    /// A figure that stands out at the head of a page.
    package struct Tile {
        package var name: String
        package var value: String
        package var unit: String

        package init(name: String, value: String, unit: String = "") {
            self.name = name
            self.value = value
            self.unit = unit
        }
    }

    /// What a colour or a line of a plot stands for, with the drawing of it: SVG inside 14 by 14 pixels.
    package struct LegendEntry {
        package var name: String
        package var drawing: String

        package init(name: String, drawing: String) {
            self.name = name
            self.drawing = drawing
        }
    }

    package let title: String
    package let subtitle: String
    package let tiles: [Tile]
    /// HTML; empty ones are left out.
    package let sections: [String]
    /// Styles of this page alone, behind those of all.
    package let style: String

    package init(title: String, subtitle: String, tiles: [Tile] = [], sections: [String], style: String = "") {
        self.title = title
        self.subtitle = subtitle
        self.tiles = tiles
        self.sections = sections
        self.style = style
    }

    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(Markup.escape(title))</title>
        <style>
        \(([ReportStyle.css] + (style.isEmpty ? [] : [style])).joined(separator: "\n"))
        </style>
        </head>
        <body>
        <main>
        \(([head] + sections.filter { !$0.isEmpty }).joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    private var head: String {
        let items = tiles.map { tile in
            "<li><span>\(Markup.escape(tile.name))</span><b>\(Markup.escape(tile.value))</b> \(Markup.escape(tile.unit))</li>"
        }
        return "<header>\n<h1>\(Markup.escape(title))</h1>\n<p>\(Markup.escape(subtitle))</p>\n"
            + (items.isEmpty ? "" : "<ul class=\"tiles\">\(items.joined())</ul>\n") + "</header>"
    }

    // MARK: Parts

    package static func section(_ heading: String, _ text: String, _ content: String) -> String {
        "<section>\n<h2>\(Markup.escape(heading))</h2>\n<p>\(Markup.escape(text))</p>\n\(content)\n</section>"
    }

    /// Content that may be wider than the page.
    package static func scrolling(_ content: String) -> String { "<div class=\"wide\">\(content)</div>" }

    package static func table(_ header: [String], _ rows: [[String]], numbersFrom column: Int) -> String {
        func cells(_ name: String, _ values: [String]) -> String {
            values.enumerated().map { index, value in
                Markup.element(name, index >= column ? [("class", "n")] : [], Markup.escape(value))
            }.joined()
        }
        let body = rows.map { "<tr>\(cells("td", $0))</tr>" }.joined(separator: "\n")
        return scrolling("<table><thead><tr>\(cells("th", header))</tr></thead><tbody>\n\(body)\n</tbody></table>")
    }

    package static func list(_ entries: [(String, String)]) -> String {
        let items = entries.map { "<dt>\(Markup.escape($0.0))</dt><dd>\(Markup.escape($0.1))</dd>" }
        return "<dl>\(items.joined(separator: "\n"))</dl>"
    }

    package static func legend(_ entries: [LegendEntry]) -> String {
        let items = entries.map { entry in
            let symbol = Markup.element(
                "svg", [("viewBox", "0 0 14 14"), ("class", "symbol"), ("aria-hidden", "true")], entry.drawing)
            return "<li>\(symbol)\(Markup.escape(entry.name))</li>"
        }
        return items.isEmpty ? "" : "<ul class=\"legend\">\(items.joined())</ul>"
    }
}
