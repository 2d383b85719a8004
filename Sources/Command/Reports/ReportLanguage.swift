/// The language that a report is written in.
package enum ReportLanguage: String, Sendable, CaseIterable, Codable {
    case english = "en"
    case chinese = "zh"

    /// The one of two wordings that is in this language.
    package func callAsFunction(_ english: String, _ chinese: String) -> String {
        self == .english ? english : chinese
    }

    /// As HTML names it.
    var tag: String { self == .english ? "en" : "zh-CN" }
}
