extension Rule {
    static let layoutRules = [
        Rule(
            "every folder of sources is a target",
            broken: [
                ["Sources/Kernels/Lost/File.swift": "", "Package.swift": #"module("Kernels", in: "Kernels")"#],
                ["Sources/Stray.swift": "", "Package.swift": ""],
                ["Tests/LostTests/File.swift": "", "Package.swift": #"tests(of: "Kept")"#],
            ],
            kept: [
                [
                    "Sources/Kernels/Kernels/File.swift": "", "Sources/Kernels/CKernels/file.c": "",
                    "Tests/KernelsTests/File.swift": "", "Tests/Python/test_api.py": "",
                    "Tests/Fuzz/Fuzzer.swift": "",
                    "Package.swift": """
                    .target(name: "CKernels", path: "Sources/Kernels/CKernels")
                    module("Kernels", in: "Kernels")
                    tests(of: "Kernels", [])
                    """,
                ]
            ]
        ) { repository in
            // `module(` and its name may stand on two lines, as the formatter breaks them.
            let manifest = repository.text(of: "Package.swift").filter { !$0.isWhitespace }
            return repository.files.filter { ($0.isSwift || $0.isC) && ($0.isProductSource || $0.isTestSource) }
                .compactMap { file in
                    let parts = file.path.split(separator: "/").map(String.init)
                    let isKnown: Bool
                    if file.isProductSource {
                        isKnown =
                            parts.count >= 4
                            && (manifest.contains("module(\"\(parts[2])\",in:\"\(parts[1])\"")
                                || manifest.contains("path:\"Sources/\(parts[1])/\(parts[2])\""))
                    } else {
                        let subject = parts[1].hasSuffix("Tests") ? String(parts[1].dropLast(5)) : parts[1]
                        // Fuzzers need instrumentation, and what runs on other processors needs their compilers: both
                        // are built by scripts of their own.
                        isKnown =
                            subject == "Fuzz" || subject == "Python"
                            || parts.count >= 3
                                && (manifest.contains("tests(of:\"\(subject)\"")
                                    || manifest.contains("path:\"Tests/\(parts[1])\""))
                    }
                    return isKnown ? nil : file.finding(line: 0, "Package.swift has no target of this folder")
                }
        },
        Rule(
            "no file is binary but the pictures of the pages, and none is larger than 300 kB",
            broken: [["Tests/Golden/large.json": String(repeating: "1", count: 300_001)]],
            kept: [["Tests/Golden/small.json": "[1]"]]
        ) { repository in
            let texts = Set(repository.files.map(\.path))
            return repository.sizes.compactMap { path, size in
                let isPicture = path.hasPrefix("docs/images/") && path.hasSuffix(".png")
                if !texts.contains(path), !isPicture {
                    return Finding(path: path, line: 1, message: "is no UTF-8 text; make it by a script instead")
                }
                return size <= 300_000
                    ? nil
                    : Finding(path: path, line: 1, message: "has \(size) bytes; make it smaller or make it by a script")
            }
        },
        Rule(
            "no name says Manager, Helper, Utils or Common",
            broken: [
                ["Sources/Inference/Engine/CacheManager.swift": ""],
                ["Sources/Inference/Engine/Cache.swift": "package final class CacheHelper {}"],
            ],
            kept: [["Sources/Inference/Engine/Cache.swift": "package struct Cache { let files = FileManager.default }"]]
        ) { repository in
            repository.files.filter(\.isSwift).flatMap { file -> [Finding] in
                let named = vagueWord(in: file.name).map {
                    [file.finding(line: 0, "'\($0)' in a file name says nothing; name what it does")]
                }
                return (named ?? [])
                    + file.code.enumerated().compactMap { index, line in
                        guard let type = declaredType(in: line), let word = vagueWord(in: type) else { return nil }
                        return file.finding(line: index, "'\(word)' in \(type) says nothing; name what it does")
                    }
            }
        },
    ]

    private static func vagueWord(in name: String) -> String? {
        ["Manager", "Helper", "Utils", "Utilities", "Common"].first { name.contains($0) }
    }

    /// The name of the type that a line of code declares, if it declares one.
    static func declaredType(in line: String) -> String? {
        let keywords: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }.map(String.init)
        guard let keyword = words.firstIndex(where: keywords.contains), keyword + 1 < words.count,
            line.contains("\(words[keyword]) \(words[keyword + 1])"), words[keyword + 1] != "func",
            words[keyword + 1] != "var", words[keyword + 1] != "let", words[keyword + 1] != "subscript",
            !words[..<keyword].contains("import")
        else { return nil }
        return words[keyword + 1]
    }
}
