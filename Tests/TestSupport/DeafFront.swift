// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Glibc
import Synchronization

/// A way to a PostgreSQL that passes everything on but requests to cancel: those it takes and never answers, like a host
/// that is gone.
public final class DeafFront: Sendable {
    /// The first word of a request to cancel, behind its length (PostgreSQL's documentation, "Message Formats").
    private static let cancelRequest: [UInt8] = [0x04, 0xD2, 0x16, 0x2E]

    private let folder: String
    private let listener: Int32
    private let unanswered = Mutex<[Int32]>([])

    /// - Parameters:
    ///   - socketFolder: the folder of the server's socket, whose port is 5432.
    ///   - folder: an empty folder for the socket of this.
    public init(to socketFolder: String, in folder: String) throws {
        self.folder = folder
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard Self.withAddress(in: folder, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else {
            throw POSIXError(.EADDRNOTAVAIL)
        }
        Thread.detachNewThread { [listener, weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                Thread.detachNewThread { [weak self] in self?.serve(client, socketFolder) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        for client in unanswered.withLock({ $0 }) { close(client) }
    }

    /// How libpq comes this way to a database that `conninfo` names.
    public func conninfo(_ conninfo: String) -> String { "\(conninfo) host=\(folder) port=5432" }

    /// How many requests to cancel have come.
    public var unansweredCount: Int { unanswered.withLock(\.count) }

    private func serve(_ client: Int32, _ socketFolder: String) {
        var head = [UInt8](repeating: 0, count: 8)
        guard recv(client, &head, head.count, Int32(MSG_WAITALL)) == head.count else {
            close(client)
            return
        }
        if Array(head[4...]) == Self.cancelRequest {
            unanswered.withLock { $0.append(client) }
            return
        }
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard Self.withAddress(in: socketFolder, { connect(server, $0, $1) }) == 0,
            send(server, head, head.count, Int32(MSG_NOSIGNAL)) == head.count
        else {
            close(client)
            close(server)
            return
        }
        let answered = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            Self.pass(from: server, to: client)
            answered.signal()
        }
        Self.pass(from: client, to: server)
        answered.wait()
        close(client)
        close(server)
    }

    /// Passes bytes on until there are no more.
    private static func pass(from sender: Int32, to receiver: Int32) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(sender, &bytes, bytes.count, 0)
            guard count > 0 else { break }
            var sent = 0
            while sent < count {
                let more = bytes[sent..<count].withUnsafeBytes {
                    send(receiver, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { break }
                sent += more
            }
            if sent < count { break }
        }
        shutdown(receiver, Int32(SHUT_WR))
        shutdown(sender, Int32(SHUT_RD))
    }

    /// Calls `body` with the address of PostgreSQL's socket in a folder.
    private static func withAddress(in folder: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "\(folder)/.s.PGSQL.5432".utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
