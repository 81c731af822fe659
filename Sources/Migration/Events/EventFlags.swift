// SPDX-License-Identifier: Apache-2.0
import Postgres

/// What Dendrite's columns say of an event, as one field of a row.
///
/// It is NULL for the many of which nothing is to be said: five columns of booleans were a tenth of what it takes PostgreSQL
/// to give out an event.
struct EventFlags: OptionSet {
    let rawValue: Int16

    static let isRejected = EventFlags(rawValue: 1)
    /// Sent on to the sync component and other servers.
    static let isSent = EventFlags(rawValue: 2)
    /// The state before it is unknown; see ``Plan/isOutlier(_:)``.
    static let isOutlier = EventFlags(rawValue: 4)
    /// Clients have yet to see it, if the sync component lacks it; see ``StreamOrdering/isLate(event:)``.
    static let isLate = EventFlags(rawValue: 8)

    init(rawValue: Int16) { self.rawValue = rawValue }

    /// Reads the flags of a row; of NULL those of an event of which nothing else is to be said.
    ///
    /// - Parameter field: what ``Plan/flags(of:)`` gave.
    init(field: Int16?) {
        self = field.map(EventFlags.init) ?? [.isSent, .isLate]
    }
}

extension Plan {
    /// ``EventFlags`` of a `roomserver_events` row (`event`), a smallint or NULL.
    func flags(of event: String) -> SQL {
        let isLate = StreamOrdering.isLate(event: event)
        // Nothing is true that a damaged table does not say.
        func bit(_ flag: EventFlags, _ condition: SQL) -> SQL {
            "\(raw: "\(flag.rawValue)") * coalesce(\(condition), false)::int"
        }
        return """
            CASE WHEN \(raw: isLate) AND NOT \(hasDanglingSnapshot(event)) THEN NULL
                 ELSE (\(bit(.isRejected, "\(raw: event).is_rejected")) + \(bit(.isSent, "\(raw: event).sent_to_output"))
                       + \(bit(.isOutlier, isOutlier(event))) + \(bit(.isLate, SQL(raw: isLate))))::smallint END
            """
    }
}
