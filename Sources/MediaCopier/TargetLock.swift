// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Keeps a second run away from a target.
///
/// The lock is on the open file, so it ends with the process however that dies; the file itself stays behind only where a
/// run was killed, which is how the next one knows that there may be unfinished files.
struct TargetLock: ~Copyable {
    static let name = ".matrix-loader.lock"

    private let target: TargetTree
    private let file: FileDescriptor
    /// Whether an earlier run was killed.
    let isLeftOver: Bool

    init(_ target: TargetTree) throws(MediaError) {
        let path = target.fullPath(Self.name)
        while true {
            var wasThere = false
            let file = try Self.open(target, wasThere: &wasThere)
            guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
                guard errno == EWOULDBLOCK else { throw .target(path, "lock", .current) }
                throw MediaError(
                    .targetInUse, path: path, operation: "lock", errno: .current,
                    "Another run is copying to \(target.path): it holds the lock \(path). Wait for its end."
                )
            }
            // The run that had the lock may have removed the file between our opening and our locking it.
            guard let named = target.status(of: Self.name), let opened = try? file.status, named.isSameFile(as: opened)
            else { continue }
            self.target = target
            self.file = file
            isLeftOver = wasThere
            return
        }
    }

    deinit { target.remove(Self.name) }

    private static func open(_ target: TargetTree, wasThere: inout Bool) throws(MediaError) -> FileDescriptor {
        let flags = O_RDWR | O_NOFOLLOW
        do throws(Errno) {
            return try FileDescriptor(name, in: target.root.rawValue, flags | O_CREAT | O_EXCL, mode: 0o600)
        } catch {
            guard error == .exists else { throw .target(target.fullPath(name), "create the lock", error) }
        }
        wasThere = true
        do throws(Errno) {
            return try FileDescriptor(name, in: target.root.rawValue, flags | O_CREAT, mode: 0o600)
        } catch {
            throw .target(target.fullPath(name), "open the lock", error)
        }
    }
}
