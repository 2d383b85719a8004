extension Rule {
    static let documentRules = [
        Rule(
            "links of pages lead somewhere",
            broken: [["README.md": "See [the design](docs/design.md)."], ["docs/a.md": "[up](../README.md)"]],
            kept: [
                [
                    "README.md":
                        "[a](docs/a.md#part), [b](https://example.com), [c](#here), [d](docs/)\n```\n[x](y)\n```",
                    "docs/a.md": "[up](../README.md)",
                ]
            ]
        ) { repository in
            repository.files.filter(\.isMarkdown).flatMap { page in
                prose(of: page).flatMap { index, line in
                    line.matches(of: /\]\(([^)\s]+)\)/).compactMap { match -> Finding? in
                        let target = String(match.1.prefix { $0 != "#" })
                        guard !target.isEmpty, !target.contains("://"), !target.hasPrefix("mailto:") else { return nil }
                        let path = resolve(target, from: page.path)
                        return repository.contains(path)
                            ? nil : page.finding(line: index, "the link leads nowhere: \(target)")
                    }
                }
            }
        },
        Rule(
            "commands that pages name exist",
            broken: [
                ["README.md": "Run `make magic`.", "Makefile": "run: build\n"],
                ["README.md": "```\nmake magic\n```", "Makefile": "run: build\n"],
            ],
            kept: [
                [
                    "README.md": "Run `make run PORT=1` and\nmake sure.\n```\nmake test\n```",
                    "Makefile": "run: a\ntest:\n",
                ]
            ]
        ) { repository in
            let targets = Set(
                repository.text(of: "Makefile").split(separator: "\n").compactMap { line in
                    line.firstMatch(of: /^([a-z][a-z-]*):/).map { String($0.1) }
                })
            return repository.files.filter(\.isMarkdown).flatMap { page in
                let prose = Set(prose(of: page).map(\.index))
                return page.lines.enumerated().flatMap { index, line in
                    line.matches(of: /(^|`|\$ )make ([a-z][a-z-]*)/).compactMap { match -> Finding? in
                        // At the start of a line it is a command in a code block, and a verb in prose.
                        if match.1.isEmpty && prose.contains(index) { return nil }
                        return targets.contains(String(match.2))
                            ? nil : page.finding(line: index, "the Makefile has no target \(match.2)")
                    }
                }
            }
        },
        Rule(
            "the README says how to run and how to test",
            broken: [["README.md": "Hello."], ["README.md": "`make run`"]],
            kept: [["README.md": "`make run`, `make test`"]]
        ) { repository in
            ["make run", "make test"].filter { !repository.text(of: "README.md").contains($0) }.map {
                Finding(path: "README.md", line: 1, message: "does not say `\($0)`")
            }
        },
    ]

    /// The lines of a page outside its code blocks.
    private static func prose(of page: SourceFile) -> [(index: Int, line: String)] {
        var isInBlock = false
        return page.lines.enumerated().compactMap { index, line in
            if line.drop(while: { $0 == " " }).hasPrefix("```") {
                isInBlock.toggle()
                return nil
            }
            return isInBlock ? nil : (index, line)
        }
    }

    private static func resolve(_ target: String, from page: String) -> String {
        var parts = page.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
