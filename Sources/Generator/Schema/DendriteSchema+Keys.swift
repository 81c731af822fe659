// SPDX-License-Identifier: Apache-2.0

extension DendriteSchema {
    /// Tables of end-to-end keys and of media.
    static let keysTables: [DendriteTable] = [
        DendriteTable(
            "keyserver_cross_signing_keys",
            columns: """
                user_id text NOT NULL, key_type smallint NOT NULL, key_data text NOT NULL
                """,
            keys: [
                .constraint("keyserver_cross_signing_keys_pkey", "PRIMARY KEY (user_id, key_type)")
            ]
        ),
        DendriteTable(
            "keyserver_cross_signing_sigs",
            columns: """
                origin_user_id text NOT NULL, origin_key_id text NOT NULL, target_user_id text NOT NULL,
                target_key_id text NOT NULL, signature text NOT NULL
                """,
            keys: [
                .constraint(
                    "keyserver_cross_signing_sigs_pkey",
                    "PRIMARY KEY (origin_user_id, origin_key_id, target_user_id, target_key_id)"),
                .index("keyserver_cross_signing_sigs_idx", "(origin_user_id, target_user_id, target_key_id)"),
            ]
        ),
        DendriteTable(
            "keyserver_device_keys",
            columns: """
                user_id text NOT NULL, device_id text NOT NULL, ts_added_secs bigint NOT NULL,
                key_json text NOT NULL, stream_id bigint NOT NULL, display_name text
                """,
            keys: [
                .constraint("keyserver_device_keys_unique", "UNIQUE (user_id, device_id)")
            ]
        ),
        DendriteTable(
            "keyserver_fallback_keys",
            columns: """
                user_id text NOT NULL, device_id text NOT NULL, key_id text NOT NULL, algorithm text NOT NULL,
                ts_added_secs bigint NOT NULL, key_json text NOT NULL, used boolean NOT NULL
                """,
            keys: [
                .constraint("keyserver_fallback_keys_unique", "UNIQUE (user_id, device_id, algorithm)"),
                .index("keyserver_fallback_keys_idx", "(user_id, device_id)"),
            ]
        ),
        DendriteTable(
            "keyserver_key_changes",
            columns: """
                change_id bigint NOT NULL DEFAULT nextval('keyserver_key_changes_seq'), user_id text NOT NULL
                """,
            keys: [
                .constraint("keyserver_key_changes_pkey", "PRIMARY KEY (change_id)"),
                .constraint("keyserver_key_changes_unique_per_user", "UNIQUE (user_id)"),
            ]
        ),
        DendriteTable(
            "keyserver_one_time_keys",
            columns: """
                user_id text NOT NULL, device_id text NOT NULL, key_id text NOT NULL, algorithm text NOT NULL,
                ts_added_secs bigint NOT NULL, key_json text NOT NULL
                """,
            keys: [
                .constraint("keyserver_one_time_keys_unique", "UNIQUE (user_id, device_id, key_id, algorithm)"),
                .index("keyserver_one_time_keys_idx", "(user_id, device_id)"),
            ]
        ),
        DendriteTable(
            "keyserver_stale_device_lists",
            columns: """
                user_id text NOT NULL, domain text NOT NULL, is_stale boolean NOT NULL,
                ts_added_secs bigint NOT NULL
                """,
            keys: [
                .constraint("keyserver_stale_device_lists_pkey", "PRIMARY KEY (user_id)"),
                .index("keyserver_stale_device_lists_idx", "(domain, is_stale)"),
            ]
        ),
        DendriteTable(
            "mediaapi_media_repository",
            columns: """
                media_id text NOT NULL, media_origin text NOT NULL, content_type text NOT NULL,
                file_size_bytes bigint NOT NULL, creation_ts bigint NOT NULL, upload_name text NOT NULL,
                base64hash text NOT NULL, user_id text NOT NULL
                """,
            keys: [
                .uniqueIndex("mediaapi_media_repository_index", "(media_id, media_origin)")
            ]
        ),
        DendriteTable(
            "mediaapi_thumbnail",
            columns: """
                media_id text NOT NULL, media_origin text NOT NULL, content_type text NOT NULL,
                file_size_bytes bigint NOT NULL, creation_ts bigint NOT NULL, width integer NOT NULL,
                height integer NOT NULL, resize_method text NOT NULL
                """,
            keys: [
                .uniqueIndex("mediaapi_thumbnail_index", "(media_id, media_origin, width, height, resize_method)")
            ]
        ),
    ]
}
