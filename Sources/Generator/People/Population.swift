// SPDX-License-Identifier: Apache-2.0
import Digest

/// The users of the server, numbered from 0, then those of other servers; and the servers' keys.
///
/// A class, so that passing it on copies one reference instead of those to its half a dozen arrays.
final class Population: Sendable {
    let settings: GeneratorSettings
    /// Local users with ordinary accounts.
    let localCount: Int
    let count: Int
    let remoteServers: [[UInt8]]
    private let localServer: [UInt8]
    private let userIDs: [[UInt8]]
    /// The seed of the server's signing key.
    let signingKey: SigningKey
    /// The seed, where events are to be signed.
    let signingSeed: [UInt8]?

    init(settings: GeneratorSettings) {
        self.settings = settings
        localCount = settings.users
        let share = min(max(settings.remoteUsers, 0), 0.9)
        let remoteCount = Int(Double(settings.users) * share / (1 - share)) + (settings.federatedRooms > 0 ? 4 : 0)
        count = localCount + remoteCount
        let local = Array(settings.serverName.utf8)
        let servers = (1...4).map { Array("remote\($0).example.net".utf8) }
        localServer = local
        remoteServers = servers
        userIDs = (0..<count).map { user in
            let server = user < settings.users ? local : servers[(user - settings.users) % servers.count]
            return Array("@user\(user + 1):".utf8) + server
        }
        signingKey = SigningKey(seed: settings.seed)
        signingSeed = settings.signsEvents ? signingKey.bytes : nil
    }

    var hasRemoteUsers: Bool { count > localCount }

    func isLocal(_ user: Int) -> Bool { user < localCount }

    func userID(_ user: Int) -> [UInt8] { userIDs[user] }

    func localpart(_ user: Int) -> String { "user\(user + 1)" }

    func displayName(_ user: Int) -> String { "User \(user + 1)" }

    /// The number of the user's id among Dendrite's state keys.
    func number(_ user: Int) -> Int64 { DendriteSchema.firstOtherNumber + Int64(user) }

    func serverName(of user: Int) -> [UInt8] {
        isLocal(user) ? localServer : remoteServers[(user - localCount) % remoteServers.count]
    }

    /// The key id under which the user's server signs.
    func keyName(of user: Int) -> String { isLocal(user) ? SigningKey.name : "ed25519:a_remote" }

    /// The number of the session of a local user's first device.
    func session(_ user: Int) -> Int64 { Int64(user) + 1 }

    func deviceID(_ user: Int) -> [UInt8] {
        var random = RandomSource(seed: settings.seed, .device, user)
        return random.letters(8)
    }

    /// 32 random bytes in base64, as Dendrite makes access tokens.
    func accessToken(_ user: Int) -> String {
        var random = RandomSource(seed: settings.seed, .device, user)
        _ = random.letters(8)
        return Base64.encode(random.bytes(32), .urlSafe)
    }

    /// The id of an upload: 64 hexadecimal digits.
    func mediaID(_ index: Int) -> String {
        var random = RandomSource(seed: settings.seed, .file, index)
        return Hexadecimal.encode(random.bytes(32))
    }
}
