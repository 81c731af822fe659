// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// Filters for /sync, under the numbers that clients hold.
extension Plan {
    var filters: Area {
        Area(
            "filters",
            [
                TableLoad(
                    into: "user_filters",
                    from: """
                        SELECT localpart AS user_id, '@' || localpart || ':' || \(serverName) AS full_user_id,
                               id::int8 AS filter_id, convert_to(filter, 'UTF8') AS filter_json
                        FROM syncapi_filter
                        """
                )
            ]
        )
    }
}
