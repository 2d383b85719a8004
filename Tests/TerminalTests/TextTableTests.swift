import Terminal
import Testing

@Suite("Text table")
struct TextTableTests {
    @Test("aligns columns, numbers to the right, and pads no line's end")
    func aligns() {
        let text = TextTable.lines([["NAME", "SIZE", "NOTE"], ["a", "1", "x"], ["longer", "100", ""]], right: [1])
        #expect(text == "NAME    SIZE  NOTE\na          1  x\nlonger   100  ")
    }

    @Test("a row may end early with a long cell, and widens no column")
    func shortRows() {
        #expect(
            TextTable.lines([["a", "b"], ["bad", "a message that is long"]]) == "a    b\nbad  a message that is long")
    }

    @Test("says sizes as people do")
    func sizes() {
        #expect(TextTable.parameters(134_515_008) == "134.5 M")
        #expect(TextTable.parameters(8_030_261_248) == "8.0 B")
        #expect(TextTable.bytes(999) == "999 B")
        #expect(TextTable.bytes(22_500) == "22.5 kB")
        #expect(TextTable.bytes(98_000_000) == "98.0 MB")
    }
}
