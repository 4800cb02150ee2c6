// SPDX-License-Identifier: GPL-2.0-only
// main() of every host test: runs gtest's cases and reports them as KTAP, one line each, like KUnit does in the kernel.

#include <cstdio>
#include <memory>

#include <gtest/gtest.h>

namespace {

class Ktap : public testing::EmptyTestEventListener {
	int number = 0;

	void OnTestProgramStart(const testing::UnitTest &all) override
	{
		std::printf("KTAP version 1\n1..%d\n", all.test_to_run_count());
		std::fflush(stdout);
	}

	void OnTestPartResult(const testing::TestPartResult &part) override
	{
		if (!part.failed())
			return;
		std::printf("# %s:%d:", part.file_name() ? part.file_name() : "?", part.line_number());
		bool line_start = false;
		for (const char *c = part.message(); *c; c++) {
			std::printf(line_start ? "\n#   %c" : "%c", *c == '\n' ? ' ' : *c);
			line_start = *c == '\n';
		}
		std::printf("\n");
	}

	void OnTestEnd(const testing::TestInfo &test) override
	{
		const testing::TestResult &result = *test.result();
		std::printf("%s %d %s.%s%s\n", result.Failed() ? "not ok" : "ok", ++number, test.test_suite_name(), test.name(),
			    result.Skipped() ? " # SKIP" : "");
		std::fflush(stdout);
	}
};

} // namespace

int main(int argc, char **argv)
{
	testing::InitGoogleTest(&argc, argv);
	testing::TestEventListeners &listeners = testing::UnitTest::GetInstance()->listeners();
	delete listeners.Release(listeners.default_result_printer());
	listeners.Append(new Ktap);
	return RUN_ALL_TESTS();
}
