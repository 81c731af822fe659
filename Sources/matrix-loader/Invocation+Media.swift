// SPDX-License-Identifier: Apache-2.0
import MediaCopier
import Options

extension Invocation {
    /// How files of media are copied.
    var mediaOptions: CopyOptions {
        var options = CopyOptions()
        if has(.link) { options.sharing = .link }
        options.isDryRun = has(.dryRun)
        return options
    }
}
