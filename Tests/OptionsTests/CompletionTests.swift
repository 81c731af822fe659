// SPDX-License-Identifier: Apache-2.0
import Foundation
import Options
import Testing

@Suite("Completion")
struct CompletionTests {
    @Test("is a script that the shell accepts")
    func syntaxBash() throws {
        #expect(try run("bash", ["-n"], input: Ferry.printed("completion bash")) == ("", 0))
    }

    @Test("is a script that the Z shell accepts")
    func syntaxZsh() throws {
        #expect(try run("zsh", ["-n"], input: Ferry.printed("completion zsh")) == ("", 0))
    }

    @Test("is a script that fish accepts")
    func syntaxFish() throws {
        #expect(try run("fish", ["--no-execute"], input: Ferry.printed("completion fish")) == ("", 0))
    }

    @Test(
        "in Bash offers what fits",
        arguments: [
            (["sa"], ["sail"]), (["co"], ["completion"]), (["--v"], ["--version"]),
            (["sail", "--work"], ["--workers", "--workload"]), (["sail", "--weather", "r"], ["rough"]),
            (["sail", "--weather", "="], ["calm", "rough", "any"]), (["sail", "--weather", "=", "c"], ["calm"]),
            (["sail", "--phase", "l"], ["load", "land"]), (["sail", "--workers", ""], []),
            (["sail", "--store", "/us"], ["/usr"]),
            (["sail", "--config", "/etc/pass"], ["/etc/passwd", "/etc/passwd-"]),
            (["completion", "f"], ["fish"]), (["help", "i"], ["inspect"]),
        ] as [([String], [String])]
    )
    func bash(words: [String], offered: [String]) throws {
        let quoted = (["ferry"] + words).map { "'\($0)'" }.joined(separator: " ")
        let script = """
            \(try Ferry.printed("completion bash"))
            COMP_WORDS=(\(quoted)) COMP_CWORD=\(words.count)
            _ferry
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let lines = try run("bash", ["-s"], input: script).output.split(separator: "\n").map(String.init)
        // What lies in /etc differs from system to system.
        if offered.contains("/etc/passwd") {
            #expect(lines.contains("/etc/passwd"))
        } else {
            #expect(lines == offered)
        }
    }

    @Test("knows every option in every shell", arguments: Shell.allCases)
    func complete(shell: Shell) {
        let script = Ferry.program.completion(for: shell)
        for option in Ferry.sail.options {
            #expect(script.contains(shell == .fish ? "-l \(option.name) " : "--\(option.name)"))
        }
    }
}
