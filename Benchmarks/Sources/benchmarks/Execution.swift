// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A program that ran, and what it needed as the kernel counts it, its own children included.
struct Execution: Codable {
    var seconds: Double
    /// Processor time, in user mode and in the kernel.
    var processorSeconds: Double
    /// The most bytes that were resident.
    var peakBytes: Int

    /// Runs a program to its end.
    ///
    /// The kernel counts as a process's memory also what its parent had when it started it. Hence a small one between,
    /// which is this program with another first argument.
    /// - Parameter arguments: the program, by path or as PATH finds it, and its arguments.
    /// - Throws: ``Failure`` with the end of what it said unless it exits with 0; ``Interrupted``.
    static func run(_ arguments: [String]) throws -> Execution {
        let folder = FileManager.default.temporaryDirectory
        let log = folder.appending(path: "benchmark-\(UUID().uuidString).log")
        let record = folder.appending(path: "benchmark-\(UUID().uuidString).json")
        defer { for file in [log, record] { try? FileManager.default.removeItem(at: file) } }
        let (status, _) = try wait(for: spawn(["/proc/self/exe", measuring, record.path] + arguments, log: log.path))
        if status & 0x7F == SIGINT { throw Interrupted() }
        guard status == 0 else {
            let said = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            throw Failure(description: "\(arguments.joined(separator: " ")) failed: \(said.suffix(2000))")
        }
        return try JSONDecoder().decode(Execution.self, from: Data(contentsOf: record))
    }

    /// The first argument of the process between.
    static let measuring = "measure"

    /// What the process between does: runs the program and writes down what it needed.
    static func measure(_ arguments: [String]) throws {
        let began = ContinuousClock.now
        let (status, usage) = try wait(for: spawn(Array(arguments.dropFirst()), log: nil))
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        // As WIFEXITED and WEXITSTATUS, which are macros of C.
        guard status == 0 else {
            throw Failure(description: "exit code \(status >> 8 & 0xFF), signal \(status & 0x7F)")
        }
        let execution = Execution(
            seconds: seconds, processorSeconds: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime),
            peakBytes: usage.ru_maxrss * 1024)
        try JSONEncoder().encode(execution).write(to: URL(filePath: arguments[0]))
    }

    private static func wait(for child: pid_t) throws -> (status: Int32, usage: rusage) {
        var (status, usage) = (Int32(0), rusage())
        while wait4(child, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw Failure(description: "a program is lost") }
        }
        return (status, usage)
    }

    private static func spawn(_ arguments: [String], log: String?) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        if let log {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        }
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
