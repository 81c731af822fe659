// SPDX-License-Identifier: Apache-2.0
import Options

/// How files of media are copied.
extension Option {
    private static let group = "Media"

    static let copier = Option(
        "copier", value: .oneOf("auto", "uring", "threads", "plain"), environment: "MATRIX_LOADER_COPIER", group: group,
        help: "Copy by io_uring, a pool of threads, or one thread (default: what this system does best).")
    static let bandwidthLimit = Option(
        "bwlimit", value: .init("RATE"), environment: "MATRIX_LOADER_BWLIMIT", group: group,
        help:
            "Read no more bytes per second, in rclone's notation: 10M, 1.5M, 512k, 800B; a bare number is KiB; off "
            + "for no limit.")
    static let verifiesMedia = Option(
        "verify", environment: "MATRIX_LOADER_VERIFY", group: group,
        help: "Read and hash what is at the target already, instead of believing its size.")
    static let chown = Option(
        "chown", value: .init("USER[:GROUP]"), environment: "MATRIX_LOADER_CHOWN", group: group,
        help: "Owner of the copied files and folders, as chown(1) takes it (default: the owner of the target folder).")
    static let onBadMedia = Option(
        "on-bad-media", value: .oneOf("skip", "keep"), environment: "MATRIX_LOADER_ON_BAD_MEDIA", group: group,
        help:
            "What to do with a medium whose file is damaged, missing or unreadable: skip it, so that Synapse does "
            + "not know it, or keep what there is (default: skip). Either way it is named in the rejects file.")

    /// The `--dry-run` of 'media', which loads nothing that could be undone.
    static let mediaDryRun = Option(
        "dry-run", environment: "MATRIX_LOADER_DRY_RUN", group: group,
        help: "Say what would be copied, and how much; nothing is written.")

    /// What 'media' and 'migrate' share.
    static let media = [copier, bandwidthLimit, verifiesMedia, chown, onBadMedia]

    /// Given twice, files go from one Synapse's folder to the other's.
    static let synapseMediaPaths = Option(
        "synapse-media-path", value: .folder, environment: "MATRIX_LOADER_SYNAPSE_MEDIA_PATH", isRepeatable: true,
        group: "Homeservers",
        help: "Synapse's folder of media. Given twice, files alone go from the first to the second, and no database "
            + "is asked.")
}
