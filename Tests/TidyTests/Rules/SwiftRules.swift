extension Rule {
    private static let isProductSwift: @Sendable (SourceFile) -> Bool = { $0.isSwift && $0.isProductSource }
    private static let isTestSwift: @Sendable (SourceFile) -> Bool = { $0.isSwift && $0.isTestSource }

    static let swiftRules = [
        lines(
            "the product does not crash on purpose in an expression", in: \.code, of: isProductSwift,
            broken: ["try! f()", "a as! B", "a!.b", "f()!", "b[0]!", "var a: Int!"].map { ["Sources/A/B/C.swift": $0] },
            kept: [["Sources/A/B/C.swift": "if !a, b != c, let d = try? e as? F { x = \"a!\" } // no!"]]
        ) { line in
            if line.contains("try!") { return "try!: throw or handle the error" }
            if line.contains("as!") { return "as!: use as? and say what happens otherwise" }
            return line.contains(/[\w\)\]]!(?!=)/)
                ? "force unwrap: use guard let, and an error that names the mistake" : nil
        },
        lines(
            "only commands print", in: \.code,
            of: { $0.isSwift && $0.isProductSource && !$0.path.hasPrefix("Sources/Command/") },
            broken: [
                ["Sources/Inference/Engine/A.swift": "print(a)"], ["Sources/Inference/Engine/A.swift": "debugPrint(a)"],
            ],
            kept: [["Sources/Command/pronk/A.swift": "print(a)"], ["Sources/Inference/Engine/A.swift": "blueprint(a)"]]
        ) { line in
            line.contains(/\b(print|debugPrint|dump)\(/.wordBoundaryKind(.simple))
                ? "prints: log it, or return it to the command" : nil
        },
        lines(
            "the product is a package of its own: nothing is public", in: \.code, of: isProductSwift,
            broken: [["Sources/A/B/C.swift": "public struct A {}"], ["Sources/A/B/C.swift": "open class A {}"]],
            kept: [["Sources/A/B/C.swift": "package struct A { let open = 1 } // public"]]
        ) { line in
            line.contains(
                /\b(public|open)\s+(import|struct|class|enum|actor|protocol|func|var|let|init|extension)\b/
                    .wordBoundaryKind(.simple))
                ? "say package instead" : nil
        },
        Rule(
            "types at the top of a file say what they are for",
            broken: [
                ["Sources/A/B/C.swift": "package struct A {}"], ["Sources/A/B/C.swift": "// a\n@frozen\nenum A {}"],
            ],
            kept: [
                [
                    "Sources/A/B/C.swift":
                        "/// A.\n@frozen\npackage struct A {\n    struct B {}\n}\nprivate typealias C = Int"
                ]
            ]
        ) { repository in
            repository.files.filter(isProductSwift).flatMap { file in
                file.code.indices.compactMap { index -> Finding? in
                    guard file.code[index].first?.isWhitespace == false,
                        !file.code[index].hasPrefix("private typealias"), let type = declaredType(in: file.code[index])
                    else { return nil }
                    let above = file.lines[..<index].last { !$0.hasPrefix("@") && !$0.hasPrefix("#if") }
                    return above?.hasPrefix("///") == true
                        ? nil : file.finding(line: index, "\(type) has no doc comment")
                }
            }
        },
        Rule(
            "a promise that the compiler cannot check has its proof beside it",
            broken: [["Sources/A/B/C.swift": "let a = 1\nextension A: @unchecked Sendable {}"]],
            kept: [
                ["Sources/A/B/C.swift": "/// Safe: never written after init.\nfinal class A: @unchecked Sendable {}"]
            ]
        ) { repository in
            repository.files.filter(isProductSwift).flatMap { file in
                file.code.indices.compactMap { index -> Finding? in
                    let line = file.code[index]
                    guard line.contains("@unchecked") || line.contains("nonisolated(unsafe)") else { return nil }
                    let above = index > 0 ? file.lines[index - 1].drop { $0 == " " } : ""
                    return above.hasPrefix("//") || file.lines[index].contains("//")
                        ? nil : file.finding(line: index, "say in a comment right above why this is safe")
                }
            }
        },
        lines(
            "tests use Swift Testing and see what users of a module see", in: \.code, of: isTestSwift,
            broken: [["Tests/ATests/A.swift": "import XCTest"], ["Tests/ATests/A.swift": "@testable import A"]],
            kept: [["Tests/ATests/A.swift": "import Testing\nimport A"]]
        ) { line in
            if line.contains("@testable") { return "@testable: release builds have none; use package access" }
            return line.contains("import XCTest") ? "XCTest: use Swift Testing" : nil
        },
        Rule(
            "tests are named by sentences",
            broken: [
                ["Tests/ATests/A.swift": "@Test func evicts() {}"], ["Tests/ATests/A.swift": "@Test(arguments: [1])"],
            ],
            kept: [
                [
                    "Tests/ATests/A.swift":
                        "@Test(\"evicts the least recently used block first\")\n@Test(\n    \"a b\"\n)"
                ]
            ]
        ) { repository in
            repository.files.filter(isTestSwift).flatMap { file in
                file.code.indices.compactMap { index -> Finding? in
                    guard let attribute = file.code[index].firstRange(of: "@Test") else { return nil }
                    let after = file.code[index][attribute.upperBound...]
                    if after.first?.isLetter == true { return nil }
                    let start = file.lines[index].count - after.count
                    let rest =
                        file.lines[index].dropFirst(start) + (index + 1 < file.lines.count ? file.lines[index + 1] : "")
                    return rest.filter { $0 != " " }.hasPrefix("(\"")
                        ? nil : file.finding(line: index, "name the test by a sentence: @Test(\"…\")")
                }
            }
        },
        lines(
            "tests wait for events and never sleep", in: \.code, of: isTestSwift,
            broken: [
                ["Tests/ATests/A.swift": "try await Task.sleep(for: .seconds(1))"],
                ["Tests/ATests/A.swift": "usleep(1)"],
            ],
            kept: [["Tests/ATests/A.swift": "await stream.next() // sleep("]]
        ) { line in
            line.contains(/\b(sleep|usleep|nanosleep)\(/.wordBoundaryKind(.simple))
                ? "sleeps: wait for the event itself" : nil
        },
    ]
}
