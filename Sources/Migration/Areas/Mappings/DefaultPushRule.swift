// SPDX-License-Identifier: Apache-2.0

/// A default rule as Dendrite gives it to new users; Synapse's rule of the same name has the same effect.
struct DefaultPushRule {
    let isEnabled: Bool
    let effect: PushEffect

    private static let silent = DefaultPushRule(isEnabled: true, effect: PushEffect(notifies: false))
    private static let plain = DefaultPushRule(isEnabled: true, effect: PushEffect(notifies: true))
    private static let loud = DefaultPushRule(isEnabled: true, effect: PushEffect(notifies: true, sound: "default"))
    private static let ringing = DefaultPushRule(isEnabled: true, effect: PushEffect(notifies: true, sound: "ring"))
    private static let bright = DefaultPushRule(isEnabled: true, effect: PushEffect(notifies: true, highlights: true))
    private static let loudAndBright = DefaultPushRule(
        isEnabled: true, effect: PushEffect(notifies: true, sound: "default", highlights: true))

    /// By kind and name.
    static let all: [String: DefaultPushRule] = [
        "override/.m.rule.master": DefaultPushRule(isEnabled: false, effect: PushEffect(notifies: false)),
        "override/.m.rule.suppress_notices": silent,
        "override/.m.rule.invite_for_me": loud,
        "override/.m.rule.member_event": silent,
        "override/.m.rule.contains_display_name": loudAndBright,
        "override/.m.rule.roomnotif": bright,
        "override/.m.rule.tombstone": bright,
        "override/.m.rule.reaction": silent,
        "override/.m.rule.room.server_acl": silent,
        "content/.m.rule.contains_user_name": loudAndBright,
        "underride/.m.rule.call": ringing,
        "underride/.m.rule.room_one_to_one": loud,
        "underride/.m.rule.encrypted_room_one_to_one": loud,
        "underride/.m.rule.message": plain,
        "underride/.m.rule.encrypted": plain,
    ]
}
