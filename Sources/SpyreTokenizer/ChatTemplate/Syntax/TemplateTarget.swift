/// What an assignment or a loop binds. Names are numbered by `TemplateProgram.names`.
indirect enum TemplateTarget: Sendable {
    case name(Int)
    case namespaceAttribute(Int, String)
    case tuple([TemplateTarget])
}
