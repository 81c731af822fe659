// SPDX-License-Identifier: Apache-2.0

/// What a push rule's actions do, whatever their wording: `dont_notify` is nothing, an explicit `highlight: false` too.
struct PushEffect: Hashable {
    private(set) var notifies = false
    private(set) var highlights = false
    private(set) var tweaks: [String: CanonicalJSON] = [:]

    init(of actions: [CanonicalJSON]) {
        for action in actions {
            if let word = action.text {
                if word == "notify" || word == "coalesce" { notifies = true }
            } else if let tweak = action["set_tweak"]?.text {
                if tweak == "highlight" {
                    highlights = action["value"] != .bool(false)
                } else {
                    let value = action["value"] ?? .null
                    tweaks[tweak] = tweak == "sound" && value.isNull ? nil : value
                }
            }
        }
    }

    init(notifies: Bool, sound: String? = nil, highlights: Bool = false) {
        self.notifies = notifies
        self.highlights = highlights
        if let sound { tweaks["sound"] = CanonicalJSON(sound) }
    }
}
