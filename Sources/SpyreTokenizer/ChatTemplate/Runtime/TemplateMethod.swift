/// A built-in method and its receiver.
final class TemplateMethod {
    let receiver: TemplateObject
    let name: String

    init(receiver: TemplateObject, name: String) {
        self.receiver = receiver
        self.name = name
    }
}
