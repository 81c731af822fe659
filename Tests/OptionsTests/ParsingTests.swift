// SPDX-License-Identifier: Apache-2.0
import Options
import Testing

@Suite("A command line")
struct ParsingTests {
    @Test(
        "gives an option its value in every way that getopt knows",
        arguments: ["sail --workers 4", "sail --workers=4", "sail --worke 4", "sail --worke=4"]
    )
    func value(line: String) throws {
        let invocation = try Ferry.run(line)
        #expect(invocation.command == Ferry.sail)
        #expect(invocation.number(Ferry.workers) == 4)
        #expect(invocation.string(Ferry.workers) == "4")
        #expect(invocation.source(of: Ferry.workers) == .commandLine)
        #expect(!invocation.has(Ferry.dryRun))
        #expect(invocation.source(of: Ferry.dryRun) == nil)
    }

    @Test(
        "takes flags by long and short name",
        arguments: ["sail --dry-run", "sail -n", "sail --dry", "sail -n --dry-run"])
    func flags(line: String) throws {
        #expect(try Ferry.run(line).has(Ferry.dryRun))
    }

    @Test(
        "collects what may be repeated",
        arguments: ["sail -p one -ptwo --passenger three", "sail -np one --pass=two -p three"])
    func repeated(line: String) throws {
        #expect(try Ferry.run(line).strings(Ferry.passenger) == ["one", "two", "three"])
    }

    @Test("splits lists")
    func lists() throws {
        #expect(try Ferry.run("sail --phase load,land").strings(Ferry.phases) == ["load", "land"])
        #expect(try Ferry.run("sail").strings(Ferry.phases) == [])
    }

    @Test("has operands anywhere, and only operands after two dashes")
    func operands() throws {
        #expect(try Ferry.run("inspect papers.txt me").operands == ["papers.txt", "me"])
        #expect(try Ferry.run("inspect papers.txt").operands == ["papers.txt"])
        #expect(try Ferry.run("inspect -- --papers -x").operands == ["--papers", "-x"])
        #expect(try Ferry.run("inspect -").operands == ["-"])
        #expect(throws: UsageError.self) { try Ferry.run("sail across --workers 4") }
    }

    @Test("is stronger than the environment")
    func environment() throws {
        let environment = [
            "FERRY_WORKERS": "7", "FERRY_DRY_RUN": "Yes", "FERRY_CONFIG": "", "FERRY_PHASE": "load,sail",
        ]
        let invocation = try Ferry.run("sail --phase land", environment: environment)
        #expect(invocation.number(Ferry.workers) == 7)
        #expect(invocation.source(of: Ferry.workers) == .environment("FERRY_WORKERS"))
        #expect(invocation.has(Ferry.dryRun))
        #expect(invocation.string(Ferry.config) == nil)
        #expect(invocation.strings(Ferry.phases) == ["land"])
        #expect(try Ferry.run("sail --workers 3", environment: environment).number(Ferry.workers) == 3)
        #expect(try !Ferry.run("sail", environment: ["FERRY_DRY_RUN": "0"]).has(Ferry.dryRun))
        #expect(try Ferry.run("sail", environment: environment).strings(Ferry.phases) == ["load", "sail"])
    }

    @Test(
        "that is wrong is answered with a sentence",
        arguments: [
            ("", "No command is given."),
            ("sial", "There is no command 'sial'. Did you mean 'sail'?"),
            ("dance", "There is no command 'dance'."),
            ("--workers 4 sail", "There is no option --workers."),
            ("-x", "There is no option -x."),
            ("sail --wrokers 4", "There is no option --wrokers. Did you mean --workers?"),
            ("sail --nothing", "There is no option --nothing."),
            ("sail --nothing=4", "There is no option --nothing."),
            ("sail -nx", "There is no option -x."),
            ("sail --work 4", "--work is short for more than one option: --workers, --workload."),
            ("sail --work=4", "--work is short for more than one option: --workers, --workload."),
            ("sail across --work=4", "--work is short for more than one option: --workers, --workload."),
            ("sail --workers", "--workers needs a value."),
            ("sail -p", "-p needs a value."),
            ("sail --dry-run=yes", "--dry-run takes no value."),
            ("sail --workers x", "--workers must be a whole number from 1 to 64, not 'x'."),
            ("sail --workers 0", "--workers must be a whole number from 1 to 64, not '0'."),
            ("sail --workers=", "--workers must be a whole number from 1 to 64, not ''."),
            ("sail --config=", "--config must not be empty."),
            ("sail --weather wet", "--weather must be calm, rough or any, not 'wet'."),
            ("sail --phase load,swim", "--phase takes a list of load, sail, land with commas between, not 'swim'."),
            ("sail --workers 1 --workers 2", "--workers is given more than once."),
            ("sail across", "'sail' does not take 'across'."),
            ("sail a=b", "'sail' does not take a connection string."),
            ("postgres://u:p@h", "A connection string is no command."),
            ("sail --weather a=b", "--weather must be calm, rough or any, not a connection string."),
            ("inspect", "'inspect' needs FILE."),
            ("completion", "'completion' needs bash|zsh|fish."),
            ("completion tcsh", "What follows 'completion' must be bash, zsh or fish, not 'tcsh'."),
            ("manual me", "'manual' does not take 'me'."),
            ("help dance", "There is no command 'dance'."),
        ]
    )
    func wrong(line: String, sentence: String) {
        let error = #expect(throws: UsageError.self) { try Ferry.run(line) }
        #expect(error?.sentence == sentence)
    }

    @Test(
        "with a wrong environment is answered with a sentence",
        arguments: [
            (
                "FERRY_WORKERS", "many",
                "The environment variable FERRY_WORKERS must be a whole number from 1 to 64, not 'many'."
            ),
            ("FERRY_DRY_RUN", "maybe", "The environment variable FERRY_DRY_RUN must be 1 or 0, not 'maybe'."),
        ]
    )
    func wrongEnvironment(name: String, text: String, sentence: String) {
        let error = #expect(throws: UsageError.self) { try Ferry.run("sail", environment: [name: text]) }
        #expect(error?.description == "\(sentence)\nSee 'ferry sail --help'.")
    }

    @Test("may be parsed by many at once")
    func concurrently() async throws {
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 1...64 {
                group.addTask { try Ferry.run("sail --workers \(number) -p a -p b").number(Ferry.workers) }
            }
            var sum = 0
            for try await number in group { sum += number ?? 0 }
            #expect(sum == 64 * 65 / 2)
        }
    }
}
