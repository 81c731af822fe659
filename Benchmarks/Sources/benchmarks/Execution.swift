// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A program that ran, and what it needed as the kernel counts it, its own children included.
struct Execution {
    let seconds: Double
    /// Processor time, in user mode and in the kernel.
    let processorSeconds: Double
    /// The most bytes that were resident.
    let peakBytes: Int

    /// Runs a program to its end.
    ///
    /// - Parameter arguments: the program, by path or as PATH finds it, and its arguments.
    /// - Throws: ``Failure`` with the end of what it said unless it exits with one of `exitCodes`.
    static func run(_ arguments: [String], exitCodes: Set<Int32> = [0]) throws -> Execution {
        let log = FileManager.default.temporaryDirectory.appending(path: "benchmark-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let began = ContinuousClock.now
        let child = try spawn(arguments, log: log.path)
        var (status, usage) = (Int32(0), rusage())
        while wait4(child, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw Failure(description: "\(arguments[0]) is lost") }
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        // As WIFEXITED and WEXITSTATUS, which are macros of C.
        guard status & 0x7F == 0, exitCodes.contains(status >> 8 & 0xFF) else {
            let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            throw Failure(description: "\(arguments.joined(separator: " ")) ended with \(status): \(said.suffix(2000))")
        }
        return Execution(
            seconds: seconds, processorSeconds: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime),
            peakBytes: usage.ru_maxrss * 1024)
    }

    private static func spawn(_ arguments: [String], log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var strings = arguments.map { strdup($0) }
        defer { for string in strings { free(string) } }
        strings.append(nil)
        var child = pid_t()
        let error = posix_spawnp(&child, arguments[0], &actions, nil, strings, environ)
        guard error == 0 else { throw Failure(description: "\(arguments[0]): \(String(cString: strerror(error)))") }
        return child
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
