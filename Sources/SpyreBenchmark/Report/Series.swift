/// How types are drawn: the same colour for a type everywhere on the page.
enum Series {
    /// In the catalog's order; what a page does not have takes no colour.
    static func classes(_ dtypes: [String]) -> [String: String] {
        let known = KernelCatalog.dtypes
        let present = known.filter(dtypes.contains) + dtypes.filter { !known.contains($0) }
        var classes: [String: String] = [:]
        for (index, dtype) in present.enumerated() where classes[dtype] == nil {
            classes[dtype] = "c\(index % colours)"
        }
        return classes
    }

    static let colours = 8

    /// Kinds of ops, by the shape of their mark.
    enum Mark: String, CaseIterable {
        case product = "products"
        case attention
        case row = "row ops"

        init(op: String) {
            self =
                op.hasPrefix("attention")
                ? .attention : op.hasPrefix("matmul") || op.hasPrefix("gemm") ? .product : .row
        }

        func svg(x: Double, y: Double, style: String, title: String) -> String {
            let (a, b) = (Markup.number(x), Markup.number(y))
            let text = title.isEmpty ? "" : Markup.element("title", [], Markup.escape(title))
            let style = ("class", "mark \(style)")
            switch self {
            case .product: return Markup.element("circle", [("cx", a), ("cy", b), ("r", "4.5"), style], text)
            case .attention:
                return Markup.element(
                    "rect",
                    [
                        ("x", Markup.number(x - 4)), ("y", Markup.number(y - 4)), ("width", "8"), ("height", "8"),
                        style,
                    ], text)
            case .row:
                let points = [(0.0, -5.0), (5.0, 4.0), (-5.0, 4.0)].map {
                    "\(Markup.number(x + $0)),\(Markup.number(y + $1))"
                }
                return Markup.element("polygon", [("points", points.joined(separator: " ")), style], text)
            }
        }
    }
}
