import Testing

/// The rules of the house, checked over the repository's own files.
@Suite("Tidy")
struct TidyTests {
    private static let repository = Result { try Repository.onDisk() }

    @Test("every rule objects to what breaks it", arguments: Rule.all)
    func objects(rule: Rule) {
        #expect(!rule.broken.isEmpty)
        for example in rule.broken {
            #expect(!rule.check(Repository(example)).isEmpty, "no finding in \(example)")
        }
    }

    @Test("every rule accepts what keeps it", arguments: Rule.all)
    func accepts(rule: Rule) {
        #expect(!rule.kept.isEmpty)
        for example in rule.kept {
            let findings = rule.check(Repository(example))
            #expect(findings.isEmpty, "\(findings) in \(example)")
        }
    }

    @Test("the repository keeps every rule", arguments: Rule.all)
    func holds(rule: Rule) throws {
        let repository = try Self.repository.get()
        #expect(repository.files.count > 10, "git listed hardly any file")
        for finding in rule.check(repository) {
            Issue.record("\(finding)")
        }
    }

    @Test("comments and strings are blanked, code and line numbers stay")
    func masks() {
        let text = """
            let a = "x // y" // try!
            /* as! */ let b = #"a "quoted" try!"#
            let c = \"\"\"
                try!
                \"\"\" + d!
            """
        let code = SourceFile(path: "Sources/A/B/C.swift", text: text).code
        #expect(code.count == 5)
        #expect(code[0].contains("let a ="))
        #expect(!code.joined().contains("try!"))
        #expect(!code.joined().contains("as!"))
        #expect(code[4].hasSuffix("+ d!"))
    }
}
