extension Unicode.Scalar {
    /// White space as Python's `str.isspace` and `\s` see it: Unicode White_Space and the four separators U+001C-1F.
    var isPythonSpace: Bool {
        if isASCII { return value == 0x20 || (0x09...0x0D).contains(value) || (0x1C...0x1F).contains(value) }
        return properties.isWhitespace
    }

    var isASCIIDigit: Bool { (0x30...0x39).contains(value) }

    /// A word character of Python's regular expressions: alphanumeric or an underscore.
    var isPythonWord: Bool {
        if isASCII { return properties.isAlphabetic || isASCIIDigit || value == 0x5F }
        return isPythonAlphabetic || properties.numericType != nil
    }

    /// `str.isalpha`: the letter categories, which is narrower than Unicode's Alphabetic.
    var isPythonAlphabetic: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    /// Whether `repr` prints the character as it is: not a control, format, private, unassigned or separator character.
    var isPythonPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: value == 0x20
        default: true
        }
    }

    var isCased: Bool { properties.isUppercase || properties.isLowercase || isTitlecase }

    var isTitlecase: Bool { properties.generalCategory == .titlecaseLetter }
}
