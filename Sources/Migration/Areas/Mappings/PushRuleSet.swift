// SPDX-License-Identifier: Apache-2.0

/// What Synapse has to store of one user's rules: those that the user made, and what was changed about default ones.
///
/// Dendrite stores all rules as one document with the default ones inline, the first of a kind with the highest
/// priority. Default rules are known by their names: Dendrite forgets the mark `default` when one is put anew.
struct PushRuleSet {
    struct Rule: Hashable {
        /// `global/<kind>/<id>`.
        let name: String
        let priorityClass: Int16
        /// Within the class; a larger number comes earlier.
        let priority: Int32
        let conditions: [CanonicalJSON]
        let actions: [CanonicalJSON]
    }

    private(set) var rules: [Rule] = []
    private(set) var enabled: [(name: String, isEnabled: Bool)] = []
    private(set) var unknownDefaults = 0
    /// Rules without a name or of no known kind; and parts of others that are not what they should be.
    private(set) var unreadable = 0

    /// Synapse's numbers for the kinds, in the order in which they are tried, the last one first.
    private static let kinds: [(name: String, priorityClass: Int16)] = [
        ("underride", 1), ("sender", 2), ("room", 3), ("content", 4), ("override", 5),
    ]

    init(_ content: CanonicalJSON) {
        guard let global = content["global"]?.members else {
            if content["global"] != nil { unreadable += 1 }
            return
        }
        for kind in Self.kinds {
            guard let list = global[Array(kind.name.utf8)] else { continue }
            if let items = list.elements { add(items, kind.name, kind.priorityClass) } else { unreadable += 1 }
        }
        let known = Set(Self.kinds.map { Array($0.name.utf8) })
        unreadable += global.filter { !known.contains($0.key) }.map { $0.value.elements?.count ?? 1 }.reduce(0, +)
    }

    /// Levels that a rule may have: Synapse's reader of rules gives up at 128, counting the list around the conditions.
    private static let deepest = 120

    /// Synapse has a reader for rules that is stricter than its other one, and reads the rules of all who are in a room when
    /// somebody writes there: a rule that it cannot read would have nobody write.
    ///
    /// What is no condition, such as null, has it fail where it shows the user all rules.
    private static func isReadable(_ rule: CanonicalJSON) -> Bool {
        !rule.holdsLoneSurrogates && rule.depth <= deepest
            && (rule["conditions"]?.elements ?? []).allSatisfy { $0.members != nil }
    }

    private mutating func add(_ items: [CanonicalJSON], _ kind: String, _ priorityClass: Int16) {
        var seen: Set<[UInt8]> = []
        var custom: [(id: String, rule: CanonicalJSON)] = []
        for item in items {
            guard Self.isReadable(item), let id = item["rule_id"]?.text, seen.insert(Array(id.utf8)).inserted else {
                unreadable += 1
                continue
            }
            let isDefault = id.hasPrefix(".m.rule.")
            unreadable += ["actions", "conditions"].compactMap { item[$0] }.count { $0.elements == nil && !$0.isNull }
            if !isDefault { custom.append((id, item)) }
            if let original = DefaultPushRule.all["\(kind)/\(id)"] {
                compare(item, with: original, "global/\(kind)/\(id)")
            } else if isDefault {
                unknownDefaults += 1
            }
        }
        for (position, (id, rule)) in custom.enumerated() {
            let name = "global/\(kind)/\(id)"
            rules.append(
                Rule(
                    name: name, priorityClass: priorityClass, priority: Int32(custom.count - 1 - position),
                    conditions: Self.conditions(of: rule, kind, id), actions: rule["actions"]?.elements ?? []))
            enabled.append((name, rule["enabled"]?.isTruthy ?? false))
        }
    }

    /// Only what the user changed: both servers' own default rules differ in wording, not in effect.
    private mutating func compare(_ rule: CanonicalJSON, with original: DefaultPushRule, _ name: String) {
        let isEnabled = rule["enabled"]?.isTruthy ?? false
        if isEnabled != original.isEnabled { enabled.append((name, isEnabled)) }
        let actions = rule["actions"]?.elements ?? []
        if PushEffect(of: actions) != original.effect {
            rules.append(Rule(name: name, priorityClass: -1, priority: 1, conditions: [], actions: actions))
        }
    }

    /// Synapse stores conditions for all kinds; those of rules about a room, a sender or a word follow from the rule.
    private static func conditions(of rule: CanonicalJSON, _ kind: String, _ id: String) -> [CanonicalJSON] {
        func match(_ key: String, _ pattern: CanonicalJSON) -> [CanonicalJSON] {
            [
                .object([
                    Array("kind".utf8): CanonicalJSON("event_match"), Array("key".utf8): CanonicalJSON(key),
                    Array("pattern".utf8): pattern,
                ])
            ]
        }
        return switch kind {
        case "content": match("content.body", rule["pattern"] ?? CanonicalJSON(""))
        case "room": match("room_id", CanonicalJSON(id))
        case "sender": match("user_id", CanonicalJSON(id))
        default: rule["conditions"]?.elements ?? []
        }
    }
}
