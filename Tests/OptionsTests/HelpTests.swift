// SPDX-License-Identifier: Apache-2.0
import Options
import Testing

@Suite("Help")
struct HelpTests {
    @Test("on the program lists its commands", arguments: ["--help", "-h", "--he", "help", "--help sail"])
    func program(line: String) throws {
        let text = try Ferry.printed(line)
        #expect(text == Ferry.program.help())
        #expect(text.hasPrefix("ferry: carries cargo between harbours\n\nUsage: ferry COMMAND [options]\n"))
        #expect(text.contains("\n  sail                    cross the water\n"))
        #expect(text.contains("\n  manual                  print the manual page\n"))
        #expect(text.contains("\nExit codes:\n  0    done\n  1    failed\n  64   the command line is wrong\n"))
        #expect(text.hasSuffix("\nEach command explains itself: ferry COMMAND --help\n"))
    }

    @Test(
        "on a command teaches it",
        arguments: ["sail --help", "sail -h", "help sail", "sail --workers 3 --help --version"])
    func command(line: String) throws {
        #expect(
            try Ferry.printed(line) == #"""
                ferry sail: cross the water

                Usage: ferry sail [options]

                Loads what lies on the quay, crosses, and lands it on the other side. Run again
                after an interruption, it goes on where it stopped.

                .ferryrc is not read. A back\slash, a 'quote' and a "double" one stay what they
                are.

                Harbours:
                  --config FILE           The harbour's file: where it lies [and how].
                                          [FERRY_CONFIG]
                  --store DIR             Where the ferry's cargo goes.

                Speed:
                  --workers N             How many work at once. [FERRY_WORKERS]
                  --workload TEXT         What they carry.

                Options:
                  --weather calm|rough|any
                                          When to sail; it's 'any' unless told. [FERRY_WEATHER]
                  --phase LIST            Do only these parts. LIST of: load, sail, land.
                                          [FERRY_PHASE]
                  -n, --dry-run           Sail, but carry nothing. [FERRY_DRY_RUN]
                  -p, --passenger NAME    Who comes along. May be repeated.

                Other:
                  -h, --help              Show this help and end.
                  -V, --version           Show the version and end.

                An option wins over the environment variable in its brackets.

                Examples:
                  Look before you leap:
                    ferry sail --config harbour.yaml --dry-run

                Exit codes:
                  0    all is landed
                  3    some cargo was refused

                """#
        )
    }

    @Test("names operands")
    func operands() throws {
        let text = try Ferry.printed("inspect --help")
        #expect(
            text.contains(
                "Usage: ferry inspect [options] FILE [NAME]\n\n  FILE                    The ship's papers.\n"))
    }

    @Test("gives way to the version", arguments: ["--version", "-V", "sail --version", "inspect -V"])
    func version(line: String) throws {
        #expect(try Ferry.printed(line) == "ferry 1.2.3\n")
    }

    @Test("fits into 80 columns")
    func width() {
        for command in Ferry.program.commands where command.name != "completion" {
            for line in Ferry.program.help(on: command).split(separator: "\n") { #expect(line.count <= 80) }
        }
    }
}
