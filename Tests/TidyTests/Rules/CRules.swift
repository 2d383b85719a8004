extension Rule {
    static let cRules = [
        Rule(
            "what C exports starts with pk_, and its macros with PK_ or PRONK_",
            broken: [
                ["Sources/Kernels/CKernels/dot.c": "void dot(int n) {\n}"],
                ["Sources/Kernels/CKernels/dot.c": "__attribute__((target(\"avx2\"))) float dot(int n)\n{"],
                ["Sources/Kernels/CKernels/include/CKernels.h": "#define BLOCK 32"],
                ["Sources/Kernels/CKernels/include/CKernels.h": "typedef struct { int a; } block;"],
            ],
            kept: [
                [
                    "Sources/Kernels/CKernels/dot.c": """
                    #define LOCAL 1
                    static inline float sum(int n) { return n; }
                    INLINE float half(int n) { return n; }
                    static const int table[2] = {1, (2)};
                    void pk_dot(int n) {
                        sum(n);
                    }
                    DEFINE_KERNEL(avx2)
                    """,
                    "Sources/Kernels/CKernels/include/CKernels.h": """
                    #ifndef PK_CKERNELS_H
                    #define PK_CKERNELS_H
                    typedef struct pk_block { int a; } pk_block;
                    void pk_dot(int n);
                    #endif
                    """,
                ]
            ]
        ) { repository in
            repository.files.filter { $0.isC && $0.isProductSource }.flatMap { file in
                file.code.indices.compactMap { index -> Finding? in
                    guard let name = exportedName(in: file.code[index], isHeader: file.path.contains("/include/")),
                        !["pk_", "pronk_"].contains(where: name.lowercased().hasPrefix)
                    else { return nil }
                    return file.finding(
                        line: index, "\(name) is visible to every module; start it with pk_ or make it static")
                }
            }
        }
    ]

    /// The name that a line at the top level of a C file makes visible outside. Reads the house's own formatting
    /// (definitions start in the first column), not all of C.
    private static func exportedName(in line: String, isHeader: Bool) -> String? {
        if isHeader, line.hasPrefix("#define ") { return line.firstMatch(of: /#define (\w+)/).map { String($0.1) } }
        if isHeader, let match = line.firstMatch(of: /^typedef .*\b(\w+)\s*;/) { return String(match.1) }
        guard let first = line.first, first.isLetter || first == "_" else { return nil }
        // INLINE is the kernels' own word for a static function that must be inlined.
        let ignored = ["static", "INLINE", "typedef", "struct", "enum", "union", "extern \"C\"", "return", "else"]
        guard !ignored.contains(where: { line.hasPrefix($0 + " ") }) else { return nil }
        let declaration = line.replacing(/__attribute__\s*\(\(.*?\)\)+/, with: "")
        guard let match = declaration.firstMatch(of: /\w[\w\s\*]*?[\s\*](\w+)\s*\(/) else { return nil }
        return String(match.1)
    }
}
