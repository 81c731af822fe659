// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Loader
import Postgres
import TestSupport
import Testing

@testable import Migration

@Suite("The checks of how text is stored and sorted", .temporaryDatabase, .temporaryFolder)
struct TextRulesTests {
    private static func make(_ options: SQL) throws -> String {
        let name = "text_\(UUID().uuidString.lowercased().prefix(8))"
        var connection = try TemporaryDatabase.connect()
        try connection.execute("CREATE DATABASE \(identifier: name) TEMPLATE template0 \(options)")
        return TemporaryDatabase.conninfo + " dbname=\(name)"
    }

    private static func findings(
        source: String? = nil, target: String? = nil, unsafeLocale: Bool = false
    ) throws -> [Finding] {
        let source = try source ?? TemporaryDatabase.make()
        var inputs = HomeserverInputs(serverName: "example.org")
        inputs.allowsUnsafeLocale = unsafeLocale
        try DendriteSchema.apply(to: source)
        return HomeserverCheck(inputs).findings(
            Homeservers(serverName: "example.org", source: source, target: try target ?? SynapseSchema.make())
        ).filter { !$0.message.contains("no tables of Synapse's") }
    }

    @Test("refuse encodings but UTF8 on either side", arguments: ["SQL_ASCII", "LATIN1"])
    func encoding(name: String) throws {
        let other = try Self.make("ENCODING \(raw: name) LC_COLLATE 'C' LC_CTYPE 'C'")
        let source = try Self.findings(source: other)
        #expect(source.map(\.message) == ["its encoding is \(name), not UTF8"])
        #expect(source.map(\.subject) == ["Dendrite's database"] && source.map(\.severity) == [.error])
        let empty = try Self.make("ENCODING \(raw: name) LC_COLLATE 'C' LC_CTYPE 'C'")
        let target = try Self.findings(target: empty)
        #expect(target.map(\.message) == ["its encoding is \(name), not UTF8"])
        #expect(target.map(\.subject) == ["Synapse's database"] && target.map(\.severity) == [.error])
    }

    @Test("refuse a target that does not sort by C, unless homeserver.yaml allows it", arguments: [false, true])
    func locale(isAllowed: Bool) throws {
        let library = try Self.make("ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C'")
        #expect(
            try Self.findings(target: library, unsafeLocale: isAllowed).map(\.message)
                == (isAllowed ? [] : ["its locale is C.UTF-8 (C), and Synapse wants C"]))
        let icu = try Self.make("ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'")
        #expect(
            try Self.findings(target: icu, unsafeLocale: isAllowed).map(\.message)
                == (isAllowed ? [] : ["its locale is ICU's en-US, and Synapse wants C"]))
    }

    @Test("name a source that ICU sorts, and it is carried like any other")
    func icuSource() async throws {
        let plain = try await MigratedServer()
        let fromPlain = try SynapseSchema.make()
        _ = try await plain.migrate(to: fromPlain)
        let sorted = try await MigratedServer(
            in: try Self.make("ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'sv-SE' LOCALE 'C'"))
        let fromSorted = try SynapseSchema.make()
        let findings = Migration(sorted.homeservers(fromSorted)).check()
        #expect(findings.map(\.message) == ["its locale is ICU's sv-SE, and Synapse's database sorts by C"])
        #expect(findings.map(\.severity) == [.warning])
        _ = try await sorted.migrate(to: fromSorted)
        let plainContents = try MigratedServer.contents(of: fromPlain)
        let differing = try Set(MigratedServer.contents(of: fromSorted)).symmetricDifference(plainContents)
        #expect(differing.sorted() == [])
        #expect(try sorted.verify(fromSorted).isWhole)
    }

    @Test("refuse a source whose indexes were made by other rules")
    func outdated() throws {
        let source = try Self.make("ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'")
        let name = String(source.split(separator: "dbname=").last ?? "")
        var connection = try TemporaryDatabase.connect()
        try connection.execute("UPDATE pg_database SET datcollversion = '1.0' WHERE datname = \(name)")
        let findings = try Self.findings(source: source)
        #expect(findings.map(\.severity) == [.error, .warning])
        #expect(
            findings.first?.message.hasPrefix("its indexes were made by version 1.0 of the locale's rules and ") == true
        )
    }
}
