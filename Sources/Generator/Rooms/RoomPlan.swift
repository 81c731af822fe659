// SPDX-License-Identifier: Apache-2.0

/// What is settled about a room before its first event.
struct RoomPlan {
    let index: Int
    let version: RoomVersion
    /// Whether the room came to us by a join over federation.
    let isFederated: Bool
    let isEncrypted: Bool
    /// Whether users join without an invite.
    let isPublic: Bool
    /// Members at the beginning, the creator included.
    let memberCount: Int
    /// Earlier messages that are fetched after the join, and after how many events of the room.
    let backfillCount: Int
    let backfillTurn: Int
    private let localOffset: Int
    private let remoteOffset: Int
    private let localCount: Int
    private let remoteCount: Int

    init(_ index: Int, settings: GeneratorSettings, population: Population) {
        var random = RandomSource(seed: settings.seed, .roomPlan, index)
        self.index = index
        let name = settings.roomVersions[random.below(settings.roomVersions.count)]
        version = RoomVersion(rawValue: name) ?? .v10
        let isGiant = index == 0 && settings.giantRoomShare > 0
        isFederated = !isGiant && population.hasRemoteUsers && random.chance(settings.federatedRooms)
        isEncrypted = !isGiant && random.chance(settings.encryptedRooms)
        isPublic = isFederated || random.chance(0.6)
        let wanted = settings.membersPerRoom / 2 + random.below(settings.membersPerRoom + 1)
        let bound = isGiant ? settings.events / 10 : settings.events / settings.rooms / 4
        let size = isGiant ? max(wanted, settings.membersPerRoom * 20) : wanted
        let available = isFederated ? population.count - population.localCount : population.localCount
        memberCount = max(2, min(size, bound, available))
        backfillCount = isFederated && random.chance(settings.backfilledRooms) ? 5 + random.below(16) : 0
        backfillTurn = 3
        localCount = population.localCount
        remoteCount = population.count - population.localCount
        localOffset = random.below(localCount)
        remoteOffset = random.below(max(remoteCount, 1))
    }

    /// Events with which the room begins, all at once.
    var beginning: Int {
        let common = 7 + (isEncrypted ? 1 : 0)
        if isFederated { return common + memberCount - 1 + 1 }
        return common + (memberCount - 1) * (isPublic ? 1 : 2)
    }

    /// The n-th local user to appear in the room; nil if all have.
    func localUser(_ turn: Int) -> Int? {
        turn < localCount ? (localOffset + turn * Self.stride(localCount)) % localCount : nil
    }

    /// The n-th user of another server to appear in the room; nil if all have.
    func remoteUser(_ turn: Int) -> Int? {
        turn < remoteCount ? localCount + (remoteOffset + turn * Self.stride(remoteCount)) % remoteCount : nil
    }

    /// A step that visits everybody before anybody again: a prime, unless it divides the number.
    private static func stride(_ count: Int) -> Int {
        for prime in [7919, 104_729, 13, 7] where !count.isMultiple(of: prime) { return prime }
        return 1
    }
}
