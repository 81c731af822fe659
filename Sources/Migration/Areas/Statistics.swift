// SPDX-License-Identifier: Apache-2.0
import Loader
import Postgres

/// On which days users were there.
extension Plan {
    var statistics: Area {
        Area(
            "statistics",
            [
                TableLoad(
                    into: "user_daily_visits",
                    from: """
                        SELECT '@' || localpart || ':' || \(serverName) AS user_id, device_id, timestamp, user_agent
                        FROM userapi_daily_visits
                        """
                )
            ]
        )
    }
}
