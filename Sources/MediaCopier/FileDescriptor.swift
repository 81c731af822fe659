// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An open file or directory, which closes itself.
struct FileDescriptor: ~Copyable {
    let rawValue: Int32

    init(owning rawValue: Int32) { self.rawValue = rawValue }

    deinit { _ = Glibc.close(rawValue) }

    /// Opens `path` as seen from the directory `directory` (the working directory if there is none).
    init(_ path: String, in directory: Int32 = AT_FDCWD, _ flags: Int32, mode: mode_t = 0) throws(Errno) {
        let opened = Self.retrying { openat(directory, path, flags | O_CLOEXEC, mode) }
        guard opened >= 0 else { throw .current }
        rawValue = opened
    }

    /// Closes, and tells what `close` had to say: a network file system reports a failed write only here.
    consuming func close() throws(Errno) {
        let descriptor = rawValue
        discard self
        // Linux has closed the file even where it says EINTR (close(2)).
        guard Glibc.close(descriptor) == 0 || errno == EINTR else { throw .current }
    }

    /// What the system knows about the file.
    var status: FileStatus {
        get throws(Errno) {
            var status = stat()
            guard fstat(rawValue, &status) == 0 else { throw .current }
            return FileStatus(status)
        }
    }

    /// Reads at the current position.
    ///
    /// - Returns: How many bytes; less than the buffer holds only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        var filled = 0
        while filled < buffer.count, let base = buffer.baseAddress {
            let count = Glibc.read(rawValue, base + filled, buffer.count - filled)
            if count < 0 {
                if errno == EINTR { continue }
                throw .current
            }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Writes all bytes at the current position.
    func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        var written = 0
        while written < bytes.count, let base = bytes.baseAddress {
            let count = Glibc.write(rawValue, base + written, bytes.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                throw .current
            }
            written += count
        }
    }

    /// Repeats a call for as long as a signal interrupts it.
    static func retrying(_ call: () -> Int32) -> Int32 {
        while true {
            let result = call()
            if result != -1 || errno != EINTR { return result }
        }
    }
}
