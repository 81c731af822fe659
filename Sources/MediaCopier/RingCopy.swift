// SPDX-License-Identifier: Apache-2.0

/// The work of a thread that copies through an io_uring.
enum RingCopy {
    static func work(_ site: CopySite) -> Workforce.Work {
        { exchange throws(MediaError) in
            var copier = try RingCopier(site, exchange)
            try copier.run()
        }
    }
}
