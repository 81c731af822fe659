// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Writes users' push rules, and numbers them.
struct PushRuleTables {
    static let rules = Table(
        "push_rules", .bigint("id"), .text("user_name"), .text("rule_id"), .smallint("priority_class"),
        .integer("priority"),
        .text("conditions"), .text("actions"))
    static let enabled = Table(
        "push_rules_enable", .bigint("id"), .text("user_name"), .text("rule_id"), .smallint("enabled"))

    private var lastRule: Int64 = 0
    private var lastEnabled: Int64 = 0

    /// Adds one user's rules: user, content of `m.push_rules`.
    mutating func add(_ row: borrowing SourceRow, to sink: inout RowSink) {
        var fields = row.fields
        guard let user = fields.string(), let content = fields.string() else {
            return sink.leaveOutIncompleteRow()
        }
        guard let value = CanonicalJSON(reading: Array(content.utf8)), value.members != nil else {
            return sink.leaveOut("push rules that are not a JSON object")
        }
        let set = PushRuleSet(value)
        func isShort(_ name: String) -> Bool { user.utf8.count + name.utf8.count <= EventWriter.longestIndexEntry }
        for rule in set.rules where isShort(rule.name) {
            lastRule += 1
            let number = lastRule
            sink.append(to: Self.rules) {
                $0.write(number)
                $0.write(user)
                $0.write(rule.name)
                $0.write(rule.priorityClass)
                $0.write(rule.priority)
                $0.write(CanonicalJSON.array(rule.conditions).bytes)
                $0.write(CanonicalJSON.array(rule.actions).bytes)
            }
        }
        for (name, isEnabled) in set.enabled where isShort(name) {
            lastEnabled += 1
            let number = lastEnabled
            sink.append(to: Self.enabled) {
                $0.write(number)
                $0.write(user)
                $0.write(name)
                $0.write(Int16(isEnabled ? 1 : 0))
            }
        }
        if set.unknownDefaults > 0 {
            sink.leaveOut("default push rules that Synapse does not know", set.unknownDefaults)
        }
        let long = set.rules.count { !isShort($0.name) }
        if long > 0 { sink.leaveOut("push rules whose name is too long for PostgreSQL's indexes", long) }
        if set.unreadable > 0 { sink.leaveOut("push rules, or parts of them, that cannot be read", set.unreadable) }
    }
}
