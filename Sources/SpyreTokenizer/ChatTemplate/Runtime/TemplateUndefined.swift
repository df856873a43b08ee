/// The result of a lookup that found nothing; `message` is the error once it is used.
final class TemplateUndefined {
    let message: String
    init(_ message: String) { self.message = message }
}
