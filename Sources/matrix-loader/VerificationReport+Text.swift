// SPDX-License-Identifier: Apache-2.0
import Migration

extension VerificationReport {
    /// For people: a line for each check, then examples of what is wrong.
    var text: String {
        var table = TextTable("what must hold", "examined", "wrong")
        for check in checks { table.add(check.name, Amount.count(check.examined), Amount.count(check.wrong)) }
        var text = table.text + "\n"
        for check in checks where check.wrong > 0 {
            text += "\(check.name): not so \(Amount.count(check.wrong)) times, such as\n"
            for example in check.examples { text += "  \(example)\n" }
        }
        if isUsed { text += "Synapse has been used since the migration; what it removes by itself was not missed.\n" }
        if leavesFilesOut { text += "Files of media were not looked at: --synapse-media-path says where they are.\n" }
        return text + (isWhole ? "Nothing is missing and nothing is wrong.\n" : "Not everything is as it should be.\n")
    }
}
