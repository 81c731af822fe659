// SPDX-License-Identifier: Apache-2.0
import MediaCopier
import Options

extension Invocation {
    /// How files of media are copied.
    ///
    /// - Throws: ``UsageError`` if a rate or an owner makes no sense.
    func mediaOptions() throws(UsageError) -> CopyOptions {
        var options = CopyOptions()
        if has(.link) { options.sharing = .link }
        options.isDryRun = has(.dryRun) || has(.mediaDryRun)
        options.engine = string(.copier).flatMap(Engine.init(rawValue:)) ?? .auto
        options.verifies = has(.verifiesMedia)
        options.keepsDamaged = string(.onBadMedia) == "keep"
        if let text = string(.bandwidthLimit) {
            guard let rate = ByteRate(text) else {
                throw UsageError(
                    "\(origin(of: .bandwidthLimit)) must be a rate such as 10M, 512k or off, not \(text.quoted).",
                    explanation: explanation)
            }
            options.bandwidthLimit = rate.bytesPerSecond
        }
        if let text = string(.chown) {
            do throws(CopyOptions.Ownership.Unknown) {
                options.ownership = try CopyOptions.Ownership(text)
            } catch {
                throw UsageError(
                    "\(origin(of: .chown)) must be a user and perhaps a group, and there is \(error) here.",
                    explanation: explanation)
            }
        }
        return options
    }

    /// The same, for files in `folder`: whoever owns that owns them, unless told.
    ///
    /// - Throws: ``UsageError`` if a rate or an owner makes no sense.
    func mediaOptions(to folder: String?) throws(UsageError) -> CopyOptions {
        var options = try mediaOptions()
        options.ownership = options.ownership ?? .following(folder)
        return options
    }
}
