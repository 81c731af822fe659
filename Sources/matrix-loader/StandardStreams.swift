// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Standard input, output and error as the program finds them.
enum StandardStreams {
    /// Sees to it that a stream that is closed, or that nobody reads any more, harms nothing but what is written there.
    ///
    /// The kernel gives the lowest free number to what is opened next: where standard error is closed, that may be a
    /// connection to PostgreSQL, and progress would be written into it. Their places are taken by something that cannot be
    /// written to, so a result is still known to be lost. And SIGPIPE would end the process at a line of progress.
    static func secure() {
        signal(SIGPIPE, SIG_IGN)
        let streams = [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO].filter { fcntl($0, F_GETFD) == -1 }
        guard !streams.isEmpty, let null = FileHandle(forReadingAtPath: "/dev/null") else { return }
        // A copy of its own, as the handle closes what it opened.
        let copy = dup(null.fileDescriptor)
        try? null.close()
        for stream in streams where stream != copy { dup2(copy, stream) }
        if copy > STDERR_FILENO { close(copy) }
    }
}
