// SPDX-License-Identifier: Apache-2.0

/// The work of a thread that copies through an io_uring.
enum RingCopy {
    static func work(_ site: CopySite) -> Workforce.Work {
        { exchange throws(MediaError) in
            do throws(MediaError) {
                var copier = try RingCopier(site, exchange)
                try copier.run()
            } catch {
                // The probe went well, but memory or descriptors don't suffice for one ring more.
                guard error.operation == RingCopier.setUpOperation else { throw error }
                site.note("\(error) A thread copies file by file instead.")
                try PooledCopy.work(site)(exchange)
            }
        }
    }
}
