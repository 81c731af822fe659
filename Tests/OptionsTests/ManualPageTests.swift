// SPDX-License-Identifier: Apache-2.0
import Options
import Testing

@Suite("The manual page")
struct ManualPageTests {
    @Test("has the sections that a reader looks for")
    func sections() throws {
        let text = try Ferry.printed("manual")
        #expect(text == Ferry.program.manualPage)
        let sections = text.split(separator: "\n").filter { $0.hasPrefix(".SH ") }.map { $0.dropFirst(4) }
        #expect(
            sections == [
                "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES",
                "SEE ALSO",
            ])
    }

    @Test("satisfies mandoc's lint")
    func lint() throws {
        let result = try run("mandoc", ["-T", "lint", "-W", "warning"], input: Ferry.program.manualPage)
        #expect(result.output == "")
        #expect(result.status == 0)
    }

    @Test("renders what was said, as it was said")
    func rendered() throws {
        let text = try run("mandoc", ["-T", "ascii", "-O", "width=78"], input: Ferry.program.manualPage).output
            .replacing(#/.\u{8}/#, with: "")
        #expect(text.contains("ferry - carries cargo between harbours"))
        #expect(text.contains(".ferryrc is not read."))
        #expect(text.contains(#"A back\slash, a 'quote' and a "double" one"#))
        #expect(text.contains("-n, --dry-run"))
        #expect(text.contains("Takes --store, see OPTIONS."))
        #expect(text.contains("ferry sail --config harbour.yaml --dry-run"))
        #expect(text.contains("pg_dump(1), psql(1)"))
    }

    @Test("is read by man")
    func man() throws {
        // What man calls.
        try require("groff")
        let result = try run("man", ["--warnings", "-E", "ascii", "-l", "-"], input: Ferry.program.manualPage)
        #expect(result.status == 0)
        #expect(result.output.contains("FERRY(1)"))
        #expect(!result.output.contains("warning"))
    }
}
