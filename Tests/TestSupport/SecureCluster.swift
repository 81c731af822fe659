// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// A PostgreSQL that listens on 127.0.0.1 with TLS alone and wants passwords there, with an authority of its own for `localhost`.
///
/// Over its socket everybody is let in, to prepare what a test needs.
public struct SecureCluster {
    /// The cluster; stop it at the end.
    public let cluster: TemporaryCluster
    /// The certificate of the authority that signed the server's.
    public let authority: URL
    /// One of an authority that did not.
    public let otherAuthority: URL
    /// Where the server writes every statement that it is given.
    public var log: URL { URL(filePath: cluster.socketFolder).appending(path: "log") }

    /// Makes certificates in a folder and starts the server.
    public init(in folder: URL) throws {
        func file(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }
        func openssl(_ arguments: String) throws {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
            (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try process.run()
            process.waitUntilExit()
            if process.terminationStatus != 0 { throw CocoaError(.fileWriteUnknown) }
        }
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        for name in ["authority", "other"] {
            try openssl(
                "req -x509 \(key) -keyout \(file(name + ".key")) -out \(file(name + ".pem")) -days 2 -subj /CN=\(name)")
        }
        try openssl(
            "req \(key) -keyout \(file("server.key")) -out \(file("server.csr")) -subj /CN=localhost "
                + "-addext subjectAltName=DNS:localhost")
        try openssl(
            "x509 -req -in \(file("server.csr")) -CA \(file("authority.pem")) -CAkey \(file("authority.key")) "
                + "-CAcreateserial -out \(file("server.pem")) -days 2 -copy_extensions copy")
        // PostgreSQL takes no key that others may read, and runs as another user where we are root.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file("server.key"))
        if NSUserName() == "root" {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o640, .groupOwnerAccountName: "postgres"], ofItemAtPath: file("server.key"))
        }
        try "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n".write(
            toFile: file("hba"), atomically: true, encoding: .utf8)
        cluster = try Self.start(
            "-c listen_addresses=127.0.0.1 -c ssl=on -c ssl_cert_file=\(file("server.pem")) "
                + "-c ssl_key_file=\(file("server.key")) -c hba_file=\(file("hba")) -c log_statement=all "
                + "-c log_connections=on -c max_connections=60")
        authority = folder.appending(path: "authority.pem")
        otherAuthority = folder.appending(path: "other.pem")
    }

    /// Nobody reserves ports, so one that is taken is no failure.
    private static func start(_ options: String) throws -> TemporaryCluster {
        for _ in 0..<5 {
            if let cluster = try? TemporaryCluster(options: options, port: .random(in: 20_000...60_000)) {
                return cluster
            }
        }
        return try TemporaryCluster(options: options, port: .random(in: 20_000...60_000))
    }
}
