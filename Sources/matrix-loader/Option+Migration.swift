// SPDX-License-Identifier: Apache-2.0
import Migration
import Options

/// How a migration runs, and what it says.
extension Option {
    private static let speed = "Speed"
    private static let extent = "Extent"
    private static let output = "Output"

    static let workers = Option(
        "workers", value: .number(1...256), environment: "MATRIX_LOADER_WORKERS", group: speed,
        help:
            "How many load at once, each with a connection to either database (default: as many as there are "
            + "processors, at most 16)."
    )
    static let indexJobs = Option(
        "index-jobs", value: .number(1...64), environment: "MATRIX_LOADER_INDEX_JOBS", group: speed,
        help: "How many rebuild indexes beside them (default: as many as there are processors, at most 8).")
    static let deferFrom = Option(
        "defer", value: .number(0...Int.max), environment: "MATRIX_LOADER_DEFER", group: speed,
        help: "Set a table's indexes aside while it is filled if it gets this many rows (default: 50000).")

    static let phases = Option(
        "phase", value: .init("LIST", .list(Plan.areaNames)), environment: "MATRIX_LOADER_PHASE", group: extent,
        help: "Load these areas only, for a trial: Synapse cannot run on a part.")
    static let dryRun = Option(
        "dry-run", environment: "MATRIX_LOADER_DRY_RUN", group: extent,
        help: "Check and really load everything, print the summary, then undo it all: the target is as it was "
            + "before. Files of media and the signing key are left alone.")
    static let skipMedia = Option(
        "skip-media", environment: "MATRIX_LOADER_SKIP_MEDIA", group: extent,
        help: "Leave media out: neither their files nor what Synapse must know of them.")
    static let link = Option(
        "link", environment: "MATRIX_LOADER_LINK", group: extent,
        help: "Give files of media a second name instead of copying them: only within one file system, and only if "
            + "Dendrite will never run again.")
    static let onBadRow = Option(
        "on-bad-row", value: .oneOf("stop", "skip"), environment: "MATRIX_LOADER_ON_BAD_ROW", group: extent,
        help:
            "What to do at a row that cannot be loaded: stop, or skip and name it in the rejects file; skip unless "
            + "told."
    )
    static let rejects = Option(
        "rejects", value: .file, environment: "MATRIX_LOADER_REJECTS", group: output,
        help: "Where rows that could not be loaded are named, never shown (default: rejects.jsonl in this folder).")

    static let json = Option(
        "json", environment: "MATRIX_LOADER_JSON", group: output,
        help: "Print one JSON document instead of text on standard output.")
    static let progress = Option(
        "progress", value: .oneOf("auto", "always", "never"), environment: "MATRIX_LOADER_PROGRESS", group: output,
        help:
            "How far it has come, on standard error. auto draws a line on a terminal and writes one every ten "
            + "seconds elsewhere; always draws.")
}
