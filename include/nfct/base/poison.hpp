// SPDX-License-Identifier: GPL-2.0-only
// The last include of every C++ file: from here on, words that have no place in kernel code do not compile.
#pragma once

// The kernel has no exceptions, no run-time type information and no standard library, and may not touch the FPU.
#pragma GCC poison throw try catch typeid dynamic_cast
#pragma GCC poison float double
#pragma GCC poison std
#pragma GCC poison malloc calloc realloc free
#pragma GCC poison printf fprintf sprintf vsprintf strcpy strcat
#pragma GCC poison thread_local
