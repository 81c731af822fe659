// SPDX-License-Identifier: Apache-2.0
import Migration
import TestSupport
import Testing

@Suite("An application service's registration", .temporaryFolder)
struct ConfigurationApplicationServiceTests {
    static let text = """
        id: ferry
        as_token: as-token-ferry
        hs_token: hs-token-ferry
        url: http://127.0.0.1:9000
        sender_localpart: ferrybot
        namespaces: {aliases: [], rooms: [], users: [{exclusive: true, regex: '@ferry_.*'}]}
        """

    @Test("says who it is")
    func registration() throws {
        let folder = try ConfigurationFolder(["ferry.yaml": Self.text])
        #expect(
            try ApplicationServiceRegistration(contentsOf: folder["ferry.yaml"])
                == ApplicationServiceRegistration(
                    id: "ferry", accessToken: "as-token-ferry", senderLocalpart: "ferrybot"))
    }

    @Test("must say all of it", arguments: ["id", "as_token", "sender_localpart"])
    func incomplete(key: String) throws {
        let folder = try ConfigurationFolder(["ferry.yaml": Self.text.replacing("\(key): ", with: "no_\(key): ")])
        let error = #expect(throws: ConfigurationError.self) {
            try ApplicationServiceRegistration(contentsOf: folder["ferry.yaml"])
        }
        #expect(error?.sentence == "\(key) is missing: every registration of an application service has it.")
    }
}
