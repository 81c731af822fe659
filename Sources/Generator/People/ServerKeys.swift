// SPDX-License-Identifier: Apache-2.0
import Digest
import Postgres

/// The signing keys of other servers, and the signed answers in which they published them.
struct ServerKeys {
    let settings: GeneratorSettings
    let population: Population
    private var keys = TableRows(
        "keydb_server_keys",
        "server_name server_key_id server_name_and_key_id valid_until_ts expired_ts server_key")
    private var answers = TableRows(
        "federationsender_notary_server_keys_json", "notary_id response_json server_name valid_until")
    private var answersByKey = TableRows(
        "federationsender_notary_server_keys_metadata", "notary_id server_name key_id")

    init(settings: GeneratorSettings, population: Population) {
        self.settings = settings
        self.population = population
    }

    mutating func write(to connection: inout Connection) throws {
        for (position, server) in population.remoteServers.enumerated() {
            try add(String(decoding: server, as: UTF8.self), number: Int64(position) + 1)
        }
        try keys.send(to: &connection, all: true)
        try answers.send(to: &connection, all: true)
        try answersByKey.send(to: &connection, all: true)
    }

    private mutating func add(_ server: String, number: Int64) throws(DigestError) {
        let name = population.keyName(of: population.localCount)
        var random = RandomSource(seed: settings.seed, .key, Int(number))
        let seed = random.bytes(32)
        let key = Base64.encode(try Ed25519.publicKey(seed: seed))
        let end = ServerTime.end + 86_400_000
        let opening = "{\"old_verify_keys\":{},\"server_name\":\"\(server)\","
        let rest = "\"valid_until_ts\":\(end),\"verify_keys\":{\"\(name)\":{\"key\":\"\(key)\"}}}"
        let signature = Base64.encode(try Ed25519.sign(Array((opening + rest).utf8), seed: seed))
        let answer = opening + "\"signatures\":{\"\(server)\":{\"\(name)\":\"\(signature)\"}}," + rest
        keys.append {
            $0.write(server)
            $0.write(name)
            // Joined by the unit separator.
            $0.write(server + "\u{1F}" + name)
            $0.write(end)
            $0.write(Int64(0))
            $0.write(key)
        }
        answers.append {
            $0.write(number)
            $0.write(answer)
            $0.write(server)
            $0.write(end)
        }
        answersByKey.append {
            $0.write(number)
            $0.write(server)
            $0.write(name)
        }
    }
}
