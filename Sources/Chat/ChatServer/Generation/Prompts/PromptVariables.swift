package import Foundation

/// What a system prompt's variables stand for: `{{USER_NAME}}`, `{{CURRENT_DATE}}` and the like.
///
/// The time is that of the answer, not that of the call: a call that is repeated after a restart is the same call.
package struct PromptVariables: Sendable, Equatable {
    private let values: [String: String]

    /// - Parameters:
    ///   - language: as pages name it: `en`, `zh-CN`; nil: English.
    ///   - milliseconds: since 1970.
    package init(userName: String, language: String?, timeZone: TimeZone, milliseconds: Int) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .weekday],
            from: Date(timeIntervalSince1970: Double(milliseconds) / 1_000))
        let date = "\(parts.year ?? 0)-\(Self.padded(parts.month))-\(Self.padded(parts.day))"
        let time = "\(Self.padded(parts.hour)):\(Self.padded(parts.minute))"
        let isChinese = language?.lowercased().hasPrefix("zh") == true
        let names = isChinese ? Self.chineseWeekdays : Self.weekdays
        values = [
            "USER_NAME": userName, "USER_LANGUAGE": Self.name(ofLanguage: language), "CURRENT_DATE": date,
            "CURRENT_TIME": time, "CURRENT_DATETIME": "\(date) \(time)",
            "CURRENT_WEEKDAY": names[((parts.weekday ?? 1) - 1) % names.count],
        ]
    }

    /// Puts the values in, once: what a value holds is text, even if it looks like a variable. Names that are none of
    /// ours stay as they are.
    package func filled(into template: String) -> String {
        var result = ""
        var rest = template[...]
        while let opening = rest.firstRange(of: "{{") {
            result += rest[..<opening.lowerBound]
            rest = rest[opening.upperBound...]
            // No further than a name reaches: the whole rest for each mark takes the square of the prompt's length.
            guard let closing = rest.prefix(Limits.variableCharacters).firstRange(of: "}}") else {
                result += "{{"
                continue
            }
            let name = rest[..<closing.lowerBound].trimmingCharacters(in: .whitespaces)
            if let value = values[name] {
                result += value
                rest = rest[closing.upperBound...]
            } else {
                result += "{{"
            }
        }
        return result + rest
    }

    private static func padded(_ number: Int?) -> String {
        let digits = String(number ?? 0)
        return digits.count < 2 ? "0" + digits : digits
    }

    /// The language in its own words, as models take it best.
    private static func name(ofLanguage code: String?) -> String {
        guard let code, !code.isEmpty else { return "English" }
        if code.lowercased().hasPrefix("zh") { return "简体中文" }
        if code.lowercased().hasPrefix("en") { return "English" }
        return code
    }

    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let chineseWeekdays = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"]
}
