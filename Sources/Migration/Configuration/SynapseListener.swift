// SPDX-License-Identifier: Apache-2.0

extension SynapseConfiguration {
    /// Where Synapse accepts connections.
    public struct Listener: Sendable, Hashable {
        /// The addresses; those of every interface where the file names none.
        ///
        /// Empty for a socket in the file system.
        public let addresses: [String]
        /// The TCP port; `nil` for a socket in the file system.
        public let port: Int?
        /// The path of a socket in the file system.
        public let socketPath: String?

        /// Creates a listener.
        public init(addresses: [String], port: Int?, socketPath: String? = nil) {
            self.addresses = addresses
            self.port = port
            self.socketPath = socketPath
        }

        init(_ value: ConfigurationValue) throws(ConfigurationError) {
            if let path = try value["path"].path() {
                self.init(addresses: [], port: nil, socketPath: path)
                return
            }
            let port = try value["port"].int(orElse: "a listener has a port or a path")
            guard (1...65_535).contains(port) else {
                throw value["port"].error("\(value.name).port is \(port), which is no port.")
            }
            var addresses: [String] = []
            for address in try value["bind_addresses"].elements() {
                addresses.append(try address.text(orElse: "write an IP address"))
            }
            if let address = try value["bind_address"].text() { addresses.append(address) }
            self.init(addresses: addresses.isEmpty ? ["::", "0.0.0.0"] : addresses, port: port)
        }
    }
}
